import { afterEach, describe, expect, test } from '@jest/globals';
import { MESSAGE_LIMIT_BYTES } from '../../../lib/queue/message.ts';
import { LONGEST_ANSWER_BYTES } from '../../../lib/runtime/fetch.ts';
import { type AnswerStage, byId, FIRST_DELAY, NOBODY, openAnswers } from '../../support/answers.ts';
import { aJob } from '../../support/jobs.ts';

// What lies between the worker and Wix, or SQS: how answers are packed, how much of them there is.

/** The stage of the test that runs. */
let stage: AnswerStage;
afterEach(() => stage.close());

describe('a Wix that compresses whatever is accepted', () => {
  test.each(['gzip', 'deflate', 'br'] as const)('%s: all is read', async (contentEncoding) => {
    stage = await openAnswers({ contentEncoding, labelsQuota: 1 });
    const { ada } = stage;
    expect(await stage.processJob(aJob({ add: ['Customer', 'VIP'] }))).toBe(false);
    expect(stage.wix.labelNamesOf(ada)).toEqual(['Customer']);
    // The codes of its refusals, too.
    expect((await stage.deadLetters()).map(({ attributes }) => attributes.reason)).toEqual([
      'labels-quota-reached',
    ]);
    await stage.processJob(byId(NOBODY, { id: 'b'.repeat(64) }));
    expect(stage.logged('job').at(-1)).toMatchObject({ reason: 'contact-not-found' });
  });
});

test('an answer that is too large passes, and the line says what was wrong', async () => {
  stage = await openAnswers();
  const { ada } = stage;
  const body = { contact: { info: { labelKeys: null } }, pad: ' '.repeat(LONGEST_ANSWER_BYTES) };
  stage.wix.fault({ operation: 'labelContact', status: 200, body });
  expect(await stage.processJob(byId(ada))).toBe(true);
  expect(stage.logged('job')).toMatchObject([
    { outcome: 'retry', reason: 'transient', answer: 'network', networkCode: 'ANSWER_TOO_LARGE' },
  ]);
  expect(await stage.again(FIRST_DELAY * 1000)).toEqual([false]);
  expect(stage.wix.labelNamesOf(ada)).toEqual(['Customer']);
});

test.each([0, 23, 40, 100, 8_000])(
  'a message that is no job and leaves %i bytes of 1 MiB is a dead letter all the same',
  async (left) => {
    stage = await openAnswers();
    const frame = JSON.stringify({ x: '' }).length;
    await stage.sendRaw({ x: 'x'.repeat(MESSAGE_LIMIT_BYTES - frame - left) });
    expect(await stage.work(await stage.take())).toEqual([false]);
    const deadLetters = await stage.deadLetters();
    expect(deadLetters).toHaveLength(1);
    expect(deadLetters[0]?.attributes.reason).toBe(left === 0 ? undefined : 'invalid-job');
  },
);
