import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { flowsOf, type Known } from '../../../engine/page/flows.ts';
import { createMemory, type PageMemory } from '../../../engine/page/memory.ts';
import type { Flow } from '../../../page/api.ts';

const JOB = 'a'.repeat(64);
const T0 = Date.parse('2026-11-28T10:00:00.000Z');
const at = (ms: number): string => new Date(T0 + ms).toISOString();
const KNOWN: Known = {
  ofContact: (id) => (id === 'c1' ? 'ada@example.com' : undefined),
  ofJob: () => undefined,
  inQueue: () => undefined,
};

const about = { source: 'shopify', eventId: 'orders/paid:1', topic: 'orders/paid' };
const delivery = {
  time: at(0),
  message: 'delivery',
  ...about,
  jobId: JOB,
  status: 'queued',
  httpStatus: 200,
  types: ['order.paid'],
  rules: ['vip'],
  add: ['VIP'],
  remove: [],
};
const job = (ms: number, receives: number, outcome: object) => ({
  time: at(ms),
  message: 'job',
  ...about,
  jobId: JOB,
  receives,
  ...outcome,
});
const retry = job(1_000, 1, { outcome: 'retry', reason: 'transient', delaySeconds: 30 });
const done = job(31_000, 2, { outcome: 'done', contactId: 'c1', added: ['VIP'], removed: [] });
const given = job(31_000, 2, { outcome: 'dead-letter', reason: 'contact-not-found' });
const refused = {
  time: at(5),
  message: 'delivery',
  requestId: 'r9',
  source: 'stripe',
  status: 'refused',
  httpStatus: 401,
  reason: 'no signature',
};

type Line = Readonly<Record<string, unknown>>;

const newMemory = (most = {}): PageMemory =>
  createMemory({ now: () => T0, mask: (request) => request, most });

const flowsIn = (memory: PageMemory): readonly Flow[] =>
  memory
    .all()
    .flatMap((pieces) => flowsOf(pieces, KNOWN).map(({ flow }) => flow))
    .sort((a, b) => a.id.localeCompare(b.id));

function afterLines(lines: readonly Line[]): readonly Flow[] {
  const memory = newMemory();
  for (const line of lines) memory.line('label', JSON.stringify(line));
  return flowsIn(memory);
}

test('a job that waited and was done is one flow', () => {
  expect(afterLines([delivery, retry, done])).toEqual([
    {
      id: JOB,
      at: T0,
      source: 'shopify',
      type: 'order.paid',
      person: 'ada@example.com',
      contactId: 'c1',
      rules: ['vip'],
      add: ['VIP'],
      remove: [],
      state: 'labelled',
      reason: undefined,
      nextTryAt: undefined,
      tries: 2,
    },
  ]);
});

test.each([
  ['queued', [delivery], {}],
  ['waiting', [delivery, retry], { nextTryAt: T0 + 31_000 }],
  ['dead-letter', [delivery, retry, given], { reason: 'the site has no such contact' }],
  [
    'dead-letter',
    [delivery, given, { ...done, time: at(31_010) }],
    { reason: 'the site has no such contact', contactId: 'c1' },
  ],
  ['refused', [refused], { reason: 'no signature', source: 'stripe' }],
  ['ignored', [{ ...delivery, jobId: undefined, status: 'ignored', reason: 'no rule' }], {}],
  [
    'unchanged',
    [delivery, job(9, 1, { outcome: 'done', contactId: 'c1', added: [], inPlace: ['VIP'] })],
    {},
  ],
  ['remembered', [delivery, job(9, 1, { outcome: 'done', facts: 1 })], {}],
])('%s', (state, lines, more) => {
  expect(afterLines(lines)).toMatchObject([{ state, ...more }]);
});

const requested = (source: string, answer: object, status = 200) => ({
  event: {
    rawPath: `/webhooks/${source}`,
    headers: {},
    body: '{}',
    requestContext: { http: { method: 'POST' } },
  },
  result: { statusCode: status, body: JSON.stringify(answer) },
});

/** The request and the answer of a delivery, and what was logged of it, come by different ways. */
const happenings: readonly ((memory: PageMemory) => void)[] = [
  ...[delivery, retry, done, refused, { ...delivery, status: 'duplicate', time: at(2) }].map(
    (line) => (memory: PageMemory) => memory.line('label', JSON.stringify(line)),
  ),
  ...[
    { id: 'r1', ...requested('shopify', { status: 'queued', id: 'orders/paid:1' }) },
    { id: 'r9', ...requested('stripe', { status: 'refused', reason: 'not its own' }, 401) },
    { id: 'r5', ...requested('wix', { status: 'ignored', reason: 'nothing for us' }) },
  ].map(({ id, event, result }) => (memory: PageMemory) => {
    memory.invoked({ id, functionName: 'receive', event })(result);
  }),
];

test('in whatever order it is heard of, it is the same flows', () => {
  const expected = newMemory();
  for (const happen of happenings) happen(expected);
  const flows = flowsIn(expected);
  expect(flows.map(({ state }) => state).sort()).toEqual(['ignored', 'labelled', 'refused']);
  fc.assert(
    fc.property(
      fc.shuffledSubarray([...happenings], { minLength: happenings.length }),
      (shuffled) => {
        const memory = newMemory();
        for (const happen of shuffled) happen(memory);
        expect(flowsIn(memory)).toEqual(flows);
      },
    ),
  );
});

test('whenever it is looked at in between, it ends the same', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(2), { maxLength: 4 }), (looks) => {
      const memory = newMemory();
      for (const [index, line] of [delivery, retry, done].entries()) {
        memory.line('label', JSON.stringify(line));
        if (looks.includes(index)) flowsIn(memory);
      }
      expect(flowsIn(memory)).toEqual(afterLines([delivery, retry, done]));
    }),
  );
});

test('an event id with an address in it is found by the masked one of the log', () => {
  const memory = newMemory();
  memory.line('receive', JSON.stringify({ ...delivery, eventId: '[e-mail]' }));
  const { event, result } = requested('shopify', { status: 'queued', id: 'kim@example.com' });
  memory.invoked({ id: 'r1', functionName: 'receive', event })(result);
  expect(memory.all()).toHaveLength(1);
  expect(memory.all()[0]?.deliveries).toHaveLength(1);
});

test('only so many are kept, the latest', () => {
  const memory = newMemory({ events: 3, requests: 2 });
  for (let n = 0; n < 9; n += 1) {
    memory.line('receive', JSON.stringify({ ...delivery, eventId: `e${n}`, jobId: `j${n}` }));
    const { event, result } = requested('shopify', { status: 'queued', id: `e${n}` });
    memory.invoked({ id: `r${n}`, functionName: 'receive', event })(result);
  }
  expect(memory.all().map(({ key }) => key)).toEqual(
    [6, 7, 8].map((n) => `event ["shopify","e${n}"]`),
  );
  expect(['r6', 'r7', 'r8'].map((id) => memory.request(id) !== undefined)).toEqual([
    false,
    true,
    true,
  ]);
});

test.each([
  [
    'a job that is held back has no line of its own',
    [delivery],
    60_000,
    'waiting',
    'the calls to the site are paused',
  ],
  [
    'held for longer than its last line said',
    [delivery, retry],
    90_000,
    'waiting',
    'the calls to the site are paused',
  ],
  [
    'put off as its line said',
    [delivery, retry],
    31_200,
    'waiting',
    'Wix did not answer as it should',
  ],
  [
    'a dead letter that was replayed is in the queue',
    [delivery, given],
    undefined,
    'queued',
    undefined,
  ],
])('%s', (_, lines, heldForMs, state, reason) => {
  const memory = newMemory();
  for (const line of lines) memory.line('label', JSON.stringify(line));
  const heldUntil = heldForMs === undefined ? undefined : T0 + heldForMs;
  const known = { ...KNOWN, inQueue: (id: string) => (id === JOB ? { heldUntil } : undefined) };
  const flows = memory.all().flatMap((pieces) => flowsOf(pieces, known).map(({ flow }) => flow));
  expect(flows).toMatchObject([{ state, reason, nextTryAt: heldUntil }]);
});

test('what is no line of a delivery or a job is no flow', () => {
  const others = [
    'Error: something',
    '{"message":"metrics"}',
    '{"message":"wake","queued":{}}',
    '{"message":"received","requestId":"r1","source":"shopify"}',
  ];
  const memory = newMemory();
  for (const line of others) memory.line('receive', line);
  expect(memory.all()).toEqual([]);
});
