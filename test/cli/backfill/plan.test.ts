import { expect, test } from '@jest/globals';
import type { Customer } from '../../../cli/commands/backfill/customers.ts';
import { liveSays } from '../../../cli/commands/backfill/live.ts';
import { type Found, planFor, plannedCalls, toKeys } from '../../../cli/commands/backfill/plan.ts';
import { testJournal } from '../../support/test-journal.ts';

const customer = (
  email: string,
  ...changes: [at: number, add: string[], remove: string[]][]
): Customer => ({
  email,
  spellings: new Set([email]),
  orders: changes.length,
  latest: { at: 0, contact: { email } },
  changes: changes.map(([at, add, remove], i) => ({ at, tie: String(i), add, remove })),
});

const found = (over: Partial<Found> = {}): Found => ({
  contacts: new Map(),
  keys: new Map([
    ['Customer', 'custom.customer'],
    ['VIP', 'custom.vip'],
  ]),
  live: new Map(),
  ...over,
});
const contact = (id: string, ...labelKeys: string[]) => ({ id, labelKeys });

test('what a contact has already is not put again, and what it has not is not taken', () => {
  const contacts = new Map([['a@x.com', contact('a', 'custom.customer')]]);
  const ada = customer('a@x.com', [1, ['Customer', 'VIP'], []], [2, [], ['Lead']]);

  const { wishes, settled, newLabels } = planFor([ada], found({ contacts }), 'wait');

  expect(wishes).toMatchObject([{ contactId: 'a', add: ['VIP'], remove: [] }]);
  expect([settled, newLabels]).toEqual([0, []]);
});

test('two addresses of one contact have one time line', () => {
  const contacts = new Map([
    ['a@x.com', contact('a', 'custom.customer')],
    ['b@x.com', contact('a', 'custom.customer')],
  ]);
  const first = customer('a@x.com', [1, ['VIP'], []], [9, [], ['Customer']]);
  const second = customer('b@x.com', [5, ['Customer'], ['VIP']]);

  const plan = planFor([first, second], found({ contacts }), 'wait');

  expect(plan.contacts).toBe(1);
  expect(plan.wishes).toMatchObject([{ contactId: 'a', add: [], remove: ['Customer'] }]);
});

test('a label that a later webhook has settled is left alone, and the others are not', () => {
  const contacts = new Map([['a@x.com', contact('a')]]);
  const live = new Map([['a', new Set(['Customer'])]]);
  const ada = customer('a@x.com', [1, ['Customer', 'VIP'], []]);

  const { wishes, overtaken } = planFor([ada], found({ contacts, live }), 'wait');

  expect(wishes).toMatchObject([{ add: ['VIP'] }]);
  expect(overtaken).toBe(1);
});

test('a contact about whom a line of the log cannot be read is left alone', () => {
  const contacts = new Map([['a@x.com', contact('a')]]);
  const ada = customer('a@x.com', [1, ['Customer'], []]);

  const plan = planFor([ada], { ...found({ contacts }), unclear: new Set(['a']) }, 'wait');

  expect(plan).toMatchObject({ wishes: [], overtaken: 1 });
});

test('a label whose name the log masks is settled like another', () => {
  const contacts = new Map([['a@x.com', contact('a')]]);
  const live = new Map([['a', new Set(['From [e-mail]'])]]);
  const ada = customer('a@x.com', [1, ['From shop@x.example'], []]);

  expect(planFor([ada], found({ contacts, live }), 'wait').wishes).toEqual([]);
});

test.each([
  ['wait', 0],
  ['ignore', 0],
  ['create', 1],
] as const)(
  'missing: %s makes %i contacts of two strangers, one of whom earns nothing',
  (missing, made) => {
    const strangers = [
      customer('a@x.com', [1, ['New'], []]),
      customer('b@x.com', [1, [], ['VIP']]),
    ];

    const plan = planFor(strangers, found(), missing);

    expect(plan.strangers).toHaveLength(2);
    expect(plan.created).toHaveLength(made);
    expect(plan.newLabels).toEqual(made > 0 ? ['New'] : []);
    expect(plannedCalls(plan).total).toBe(made * 3);
  },
);

test('names of a full site without a key are left out, and contacts that want nothing else', () => {
  const keys = new Map([['VIP', 'custom.vip']]);
  const wishes = [
    { contactId: 'a', add: ['VIP', 'New'], remove: [] },
    { contactId: 'b', add: ['New'], remove: [] },
  ];

  expect(toKeys(wishes, keys)).toEqual([{ contactId: 'a', add: ['custom.vip'], remove: [] }]);
});

test('the log tells which labels live events settled, for this site alone', async () => {
  const job = { function: 'label', message: 'job', outcome: 'done', site: 'mine' };
  const lines = [
    { ...job, contactId: 'a', added: ['VIP'], removed: ['Lead'], inPlace: [], superseded: [] },
    { ...job, contactId: 'a', added: [], inPlace: ['Customer'] },
    { ...job, contactId: 'b', site: 'other', added: ['VIP'] },
    { ...job, message: 'metrics', contactId: 'c', added: ['VIP'] },
  ];
  const asked: unknown[] = [];
  const target = {
    logs: async (query: unknown) => {
      asked.push(query);
      return lines;
    },
  };
  const journal = await testJournal();

  await liveSays(target, 'mine', { since: 500 }, journal, false);
  const { by, partial } = await liveSays(target, 'mine', { since: 1000 }, journal, false);
  await liveSays(target, 'mine', { since: 2000 }, journal, true);

  expect([...by]).toEqual([['a', new Set(['VIP', 'Lead', 'Customer'])]]);
  expect(partial).toBe(false);
  // Once something was changed the plan stays what it was.
  expect(asked).toMatchObject([{ since: 500 }, { since: 1000 }]);
});

test('of lines that cannot be read, who is in them is unclear; the others are holes', async () => {
  const CONTACT = '11111111-2222-4333-8444-555555555555';
  const cut = [
    {
      text: `"say "x"","outcome":"done","contactId":"${CONTACT}","added":["V`,
      where: 'label at 1',
    },
    { text: `"\\"contactId":"${CONTACT}"","outcome":"done","conta`, where: 'label at 2' },
  ];
  const target: Parameters<typeof liveSays>[0] = {
    logs: async ({ onUnreadable }) => {
      for (const line of cut) onUnreadable?.(line);
      return [];
    },
  };
  const journal = await testJournal();

  const { unclear, holes } = await liveSays(target, 'mine', { since: 0 }, journal, false);

  expect([...unclear]).toEqual([CONTACT]);
  expect(holes).toEqual(['label at 2']);
});
