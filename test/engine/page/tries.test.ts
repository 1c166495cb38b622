import { expect, test } from '@jest/globals';
import type { TryStep } from '../../../cli/commands/explain/steps.ts';
import type { MadeCall, Run } from '../../../engine/page/memory.ts';
import { triesOf } from '../../../engine/page/tries.ts';

const T0 = Date.parse('2026-11-28T10:00:00.000Z');
const step = (ms: number, outcome: string, more: Partial<TryStep> = {}): TryStep => ({
  kind: 'try',
  time: new Date(T0 + ms).toISOString(),
  outcome,
  receives: 1,
  contactId: undefined,
  added: [],
  removed: [],
  inPlace: [],
  superseded: [],
  standing: [],
  reason: undefined,
  detail: undefined,
  operation: undefined,
  answer: undefined,
  httpStatus: undefined,
  networkCode: undefined,
  wixCode: undefined,
  wixRequestId: undefined,
  lateSeconds: undefined,
  facts: undefined,
  review: undefined,
  ...more,
});
const call = (ms: number, operation: MadeCall['operation'], request: string): MadeCall => ({
  at: T0 + ms,
  operation,
  method: 'POST',
  path: '/contacts/v4/x',
  status: 200,
  siteId: 's',
  request,
  answer: '{}',
});
const run = (from: number, to: number, ...jobIds: string[]): Run => ({
  startedAt: T0 + from,
  endedAt: T0 + to,
  jobIds,
});
const jobOf = (email: string, label: string) => ({ contact: { email }, add: [label], remove: [] });

const operations = (tries: ReturnType<typeof triesOf>) =>
  tries.map(({ calls }) => calls.map(({ operation }) => operation));

test('each try has the calls of its own time', () => {
  const calls = [
    call(5, 'queryContacts', '{}'),
    call(900, 'getBulkJob', '{}'),
    call(1_005, 'labelContact', '{}'),
    call(1_500, 'listLabels', '{}'),
  ];
  const steps = [step(20, 'retry', { reason: 'transient' }), step(1_020, 'done')];
  const runs = [run(0, 30, 'j'), run(1_000, 1_030, 'j')];
  expect(operations(triesOf('j', steps, { runs, calls, job: undefined }))).toEqual([
    ['queryContacts'],
    ['labelContact'],
  ]);
});

test('of several jobs at once each has the calls that name its person or its labels', () => {
  const calls = [
    call(5, 'queryContacts', '{"$in":["Ada@example.com","kim@example.com"]}'),
    call(6, 'findOrCreateLabel', '{"displayName":"VIP"}'),
    call(7, 'findOrCreateLabel', '{"displayName":"Lead"}'),
    call(8, 'createToken', '{"client_secret":"s"}'),
  ];
  const runs = [run(0, 30, 'ada'), run(2, 40, 'kim')];
  const ada = triesOf('ada', [step(20, 'done')], {
    ...{ runs, calls },
    job: jobOf('ada@example.com', 'VIP'),
  });
  const kim = triesOf('kim', [step(25, 'done')], {
    ...{ runs, calls },
    job: jobOf('kim@example.com', 'Lead'),
  });
  expect(operations(ada)).toEqual([['queryContacts', 'findOrCreateLabel', 'createToken']]);
  expect(operations(kim)).toEqual([['queryContacts', 'findOrCreateLabel', 'createToken']]);
  expect(kim[0]?.calls[1]?.request).toEqual({ displayName: 'Lead' });
  expect(JSON.stringify(ada)).not.toContain('client_secret');
});

test('a try of which no run is known has no calls of others', () => {
  const calls = [call(5, 'queryContacts', '{}')];
  const worked = { runs: [run(0, 9, 'other')], calls, job: undefined };
  expect(operations(triesOf('j', [step(6, 'done')], worked))).toEqual([[]]);
});
