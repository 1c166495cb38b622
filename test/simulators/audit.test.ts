import { expect, test } from '@jest/globals';
import { audit, type SentJob } from '../../simulators/deployment/audit.ts';
import type { Message } from '../../simulators/sqs/message.ts';

const ADA = 'ada';

/** A job about Ada: `+name` earns a label, `-name` takes it. */
function sent(id: string, ...changes: string[]): SentJob {
  const named = (sign: string): string[] =>
    changes.filter((change) => change.startsWith(sign)).map((change) => change.slice(1));
  const job = { id, add: named('+'), remove: named('-') } as SentJob['job'];
  return { job, contactId: ADA };
}

const deadLetter = (id: string, reason?: string): Message =>
  ({
    body: JSON.stringify({ id }),
    attributes: reason ? { reason: { StringValue: reason } } : {},
  }) as unknown as Message;

function auditAda(
  all: readonly SentJob[],
  has: readonly string[],
  deadLetters: readonly Message[] = [],
) {
  const { lost, ...rest } = audit(all, deadLetters, () => has);
  return { ...rest, lost: lost.map(({ job }) => job.id) };
}

test('all that was asked for is there', () => {
  expect(auditAda([sent('1', '+VIP', '+New'), sent('2', '-New')], ['VIP'])).toEqual({
    lost: [],
    strange: [],
    deadLetters: {},
  });
});

test('a label that is missing, and one that is still there, are lost; each job once', () => {
  const all = [sent('1', '+A', '+B'), sent('2', '+C'), sent('3', '-C')];
  expect(auditAda(all, ['C']).lost).toEqual(['1', '3']);
});

test('the last say counts, for what it says and for whom it is lost', () => {
  const all = [sent('1', '+A'), sent('2', '-A'), sent('3', '+A')];
  expect(auditAda(all, ['A']).lost).toEqual([]);
  expect(auditAda(all, []).lost).toEqual(['3']);
});

test('a dead letter excuses its own job, and gives the say to the one before', () => {
  const all = [sent('1', '+A'), sent('2', '-A')];
  const deadLetters = [deadLetter('2', 'bad-request')];
  expect(auditAda(all, ['A'], deadLetters)).toMatchObject({
    lost: [],
    deadLetters: { 'bad-request': 1 },
  });
  expect(auditAda(all, [], deadLetters).lost).toEqual(['1']);
});

test('a message that SQS gave up is a dead letter too', () => {
  const report = auditAda(
    [sent('1', '+A'), sent('2', '+B')],
    [],
    [deadLetter('1'), deadLetter('2')],
  );
  expect(report).toMatchObject({ lost: [], deadLetters: { 'received too often': 2 } });
});

test('a label that nobody gave is strange', () => {
  expect(auditAda([sent('1', '-A')], ['B']).strange).toEqual(['ada B']);
});
