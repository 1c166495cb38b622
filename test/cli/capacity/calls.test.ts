import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { type EventCalls, eventCalls, mixed } from '../../../cli/commands/capacity/calls.ts';
import type { CodeSourceName } from '../../../lib/events/event.ts';
import { loadRules } from '../../../lib/rules/authoring/load.ts';
import { SHOP_RULES } from '../../../samples/shop.ts';

const ROOT = new URL('../../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');
const RULES = loadRules(readFileSync(SHOP_RULES, 'utf8'), 'rules.yml');
const rules = (text: string) => loadRules(text, 'rules.yml');

describe('what `npm run bench:calls` printed into docs/limits.md', () => {
  // One label an event, as the traces of the bench have; both workers find 40 names, over 10,000 events.
  const trace = rules('rules: [{ name: r, on: order.paid, add: [Customer] }]');
  const rowOf = (source: CodeSourceName): EventCalls =>
    eventCalls(trace, [source])[0] as EventCalls;
  const [mail, id] = [rowOf('shopify'), rowOf('wix')];
  const names = (2 * 40) / 10_000;
  const printed = (row: string): number => {
    const line = read('docs/limits.md')
      .split('\n')
      .find((each) => each.startsWith(`| ${row}`));
    return Number(line?.split('|')[2]);
  };

  test('by contact id', () => {
    expect({ by: id.by, sources: id.sources }).toEqual({ by: 'contact id', sources: ['wix'] });
    expect(id.newCustomerInRush + names).toBeCloseTo(printed('the contact id (`wix`'), 3);
  });

  test('by e-mail, in a rush', () => {
    expect(mail.by).toBe('e-mail');
    expect(mail.newCustomerInRush + names).toBeCloseTo(printed('an e-mail (`shopify`'), 3);
  });

  test('by e-mail, one by one: a few meet in a batch all the same', () => {
    const measured = printed('an e-mail, events that come one by one');
    expect(mail.newCustomer + names).toBeGreaterThanOrEqual(measured);
    expect(mail.newCustomer + names).toBeLessThan(measured * 1.02);
  });
});

describe('calls of an event', () => {
  test('sources that cost the same stand in one row, the dearest row first', () => {
    const rows = eventCalls(RULES, ['stripe', 'wix', 'shopify']);
    expect(rows.map(({ type, sources, by }) => [type, ...sources, by])).toEqual([
      ['order.paid', 'stripe', 'shopify', 'e-mail'],
      ['order.refunded', 'stripe', 'shopify', 'e-mail'],
      ['order.paid', 'wix', 'contact id'],
      ['order.refunded', 'wix', 'contact id'],
    ]);
  });

  test('a customer who is to be created costs one call more, unless the source knows the contact', () => {
    const text = 'contacts: { missing: create }\nrules: [{ name: r, on: order.paid, add: [A] }]';
    const [mail, id] = eventCalls(rules(text), ['shopify', 'wix']);
    expect(mail).toMatchObject({ newCustomer: 3, newCustomerInRush: 2 + 1 / 9, repeat: 0 });
    expect(id).toMatchObject({ newCustomer: 1, newCustomerInRush: 1, repeat: 0 });
  });

  test('repeats are mixed in by their share', () => {
    const [row] = eventCalls(RULES, ['shopify']).map((each) => ({ ...each, repeat: 0.5 }));
    if (!row) throw new Error('The rules listen to Shopify.');
    expect(mixed(row, 0).oneByOne).toBe(2);
    expect(mixed(row, 0.5).oneByOne).toBe(1.25);
    expect(mixed(row, 1)).toEqual({ oneByOne: 0.5, inRush: 0.5 });
  });
});
