import { expect, test } from '@jest/globals';
import { allForAPart } from '../../../cli/commands/rules/given-back.ts';
import { loadRulesFile } from '../../../lib/rules/authoring/load.ts';

const PART = ['order.refunded', 'order.partially_refunded'];
const OF_COURSE = '.exists(i, i.sku == "A")';

/** The places of the notes on such a rule, and where in the expression there. */
function notesOn(rule: object): string[] {
  const tables = { skus: { A: 'Course' } };
  const rules = [{ name: 'refunds', on: PART, ...rule }];
  const { config } = loadRulesFile(JSON.stringify({ tables, rules }), 'rules.yml');
  return config.rules.flatMap((one) =>
    allForAPart(one).map(({ path, offset }) => `${path.join('.')}:${offset}`),
  );
}

test.each([
  [{ remove: ['Course'], when: `event.order.items${OF_COURSE}` }, ['when:0']],
  [{ remove: ['Course'], when: 'has(event.order) && event.order.items.size() > 1' }, ['when:20']],
  [{ remove: 'event.order.items.map(i, "Bought " + i.title)' }, ['remove:0']],
  [{ remove: { table: 'skus', keys: 'event.order.items.map(i, i.sku)' } }, ['remove.keys:0']],
])('%j', (rule, places) => {
  expect(notesOn(rule)).toEqual(places);
});

test.each([
  // The whole order went back.
  { on: 'order.refunded', remove: ['Course'], when: `event.order.items${OF_COURSE}` },
  { add: ['Gave back'], when: `event.order.items${OF_COURSE}` },
  { remove: ['Course'], when: `event.order.refundedItems${OF_COURSE}` },
  { remove: ['Course'], when: 'event.order.items.size() == event.order.refundedItems.size()' },
  {
    remove: ['Course'],
    when: `event.type == "order.refunded" && event.order.items${OF_COURSE}`,
  },
  { remove: ['Course'], when: 'event.order.total > 9.0' },
])('no note: %j', (rule) => {
  expect(notesOn(rule)).toEqual([]);
});
