import { hash } from 'node:crypto';
import type { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, test } from '@jest/globals';
import { loadRules } from '../../lib/rules/authoring/load.ts';
import { SITE_ID } from '../support/jobs.ts';
import {
  openReceiveStage,
  type ReceiveStage,
  type ReceiveStageOptions,
} from '../support/receive-stage.ts';

const SECRET = 'the-custom-secret';
const headers = { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' };
const rules = loadRules(
  'rules: [{name: a, on: custom, add: [A]}, {name: b, on: custom, add: [B]}]',
  'rules.yml',
);
const delivery = {
  headers,
  body: JSON.stringify({ email: 'ada@example.com', event_id: 'e-1', event: 'signed up' }),
};

let stage: ReceiveStage;
afterEach(() => stage.close());
const open = async (options: ReceiveStageOptions = {}): Promise<void> => {
  stage = await openReceiveStage({ secrets: { custom: [SECRET] }, rules, ...options });
};

/** A timer that the test lets ring. */
function createTimer() {
  const timers: { ms: number; ring: () => void; isCancelled: boolean }[] = [];
  const after: ReceiveStageOptions['after'] = (ms, ring) => {
    const timer = { ms, ring, isCancelled: false };
    timers.push(timer);
    return () => {
      timer.isCancelled = true;
    };
  };
  return { timers, after };
}

describe('a fault of ours in reading or mapping', () => {
  test('does not make a delivery one that nobody ever accepts: it is kept raw, and reported', async () => {
    await open({
      siteOf: () => {
        throw new TypeError('no site for ada@example.com');
      },
    });

    const answer = await stage.post('custom', delivery);

    expect(answer).toMatchObject({ statusCode: 200, body: { status: 'dead-letter' } });
    expect(await stage.deadLetters()).toMatchObject([
      {
        body: { kind: 'delivery', body: delivery.body },
        attributes: { reason: 'unreadable', detail: expect.stringContaining('fault of Earmark') },
      },
    ]);
    expect(stage.logged()).toMatchObject([
      {
        level: 'error',
        message: 'interpretation-failed',
        error: 'TypeError',
        at: expect.any(Array),
      },
      { message: 'delivery', status: 'dead-letter' },
    ]);
    expect(stage.output()).not.toContain('ada@');
  });
});

describe('what takes longer than three seconds', () => {
  test.each([
    [3_001, 'dead-letter', [0, 1]],
    [3_000, 'queued', [1, 0]],
  ])('to be read and matched: after %d ms it is %s', async (ms, status, counts) => {
    await open({
      // As long as it takes to know the site, so before the first rule.
      siteOf: () => {
        stage.pass(ms);
        return SITE_ID;
      },
    });

    const answer = await stage.post('custom', delivery);

    expect(answer).toMatchObject({ statusCode: 200, body: { status } });
    expect(await stage.counts()).toEqual(counts);
    if (status === 'queued') return;
    expect(await stage.deadLetters()).toMatchObject([
      { attributes: { reason: 'unreadable', detail: expect.stringMatching(/^took too long: /) } },
    ]);
  });

  test('for SQS to take the job: the delivery is kept raw, with the id of its event', async () => {
    const { timers, after } = createTimer();
    const asked = Promise.withResolvers<void>();
    const around: ReceiveStageOptions['around'] = (client) =>
      ({
        send(command: SendMessageCommand) {
          if (command.input.QueueUrl?.includes('dead-letters')) return client.send(command);
          asked.resolve();
          return new Promise(() => {});
        },
      }) as typeof client;
    await open({ after, around });

    const answered = stage.post('custom', delivery);
    await asked.promise;
    timers[0]?.ring();

    expect(await answered).toMatchObject({
      statusCode: 200,
      body: { status: 'dead-letter', id: 'signed up:e-1' },
    });
    expect(timers).toMatchObject([{ ms: 3_000, isCancelled: true }]);
    expect(await stage.deadLetters()).toMatchObject([
      {
        body: { eventId: 'signed up:e-1', body: delivery.body },
        attributes: {
          reason: 'unreadable',
          detail: expect.stringMatching(/^took too long: SQS had not taken /),
        },
      },
    ]);
  });

  test('for SQS, which takes the job while the dead letter hangs: it is queued', async () => {
    const { timers, after } = createTimer();
    const jobAsked = Promise.withResolvers<void>();
    const deadLetterAsked = Promise.withResolvers<void>();
    const around: ReceiveStageOptions['around'] = (client) =>
      ({
        async send(command: SendMessageCommand) {
          if (command.input.QueueUrl?.includes('dead-letters')) {
            deadLetterAsked.resolve();
            return new Promise(() => {});
          }
          jobAsked.resolve();
          await deadLetterAsked.promise;
          return client.send(command);
        },
      }) as typeof client;
    await open({ after, around });

    const answered = stage.post('custom', delivery);
    await jobAsked.promise;
    timers[0]?.ring();

    expect(await answered).toMatchObject({ statusCode: 200, body: { status: 'queued' } });
    expect(await stage.counts()).toEqual([1, 0]);
  });

  test('for SQS, which takes neither in the end: 503, and nothing was accepted', async () => {
    const { timers, after } = createTimer();
    const jobAsked = Promise.withResolvers<void>();
    const deadLetterAsked = Promise.withResolvers<void>();
    const around: ReceiveStageOptions['around'] = () =>
      ({
        async send(command: SendMessageCommand) {
          const isDeadLetter = command.input.QueueUrl?.includes('dead-letters');
          (isDeadLetter ? deadLetterAsked : jobAsked).resolve();
          if (!isDeadLetter) await deadLetterAsked.promise;
          throw new RangeError(isDeadLetter ? 'dead letter' : 'job');
        },
      }) as never;
    await open({ after, around });

    const answered = stage.post('custom', delivery);
    await jobAsked.promise;
    timers[0]?.ring();

    expect(await answered).toMatchObject({ statusCode: 503, body: { status: 'unavailable' } });
    expect(stage.logged()).toMatchObject([{ message: 'delivery', error: 'RangeError' }]);
  });

  test('leaves SQS a second, however late it is', async () => {
    const { timers, after } = createTimer();
    await open({
      after,
      rules: loadRules('rules: [{name: a, on: custom, add: [A]}]', 'rules.yml'),
      siteOf: () => {
        stage.pass(2_900);
        return SITE_ID;
      },
    });

    expect(await stage.post('custom', delivery)).toMatchObject({ body: { status: 'queued' } });
    expect(timers).toMatchObject([{ ms: 1_000, isCancelled: true }]);
  });
});

describe('the line with which a delivery begins', () => {
  test('has what finds Lambda\u2019s own lines, and what shows that a body is the same again', async () => {
    await open();
    await stage.post('custom', delivery);
    await stage.post('custom', delivery);

    const { length } = delivery.body;
    const body = hash('sha256', delivery.body).slice(0, 12);
    const line = { level: 'info', source: 'custom', requestId: 'a-request', body, bytes: length };
    expect(stage.begun()).toMatchObject([line, line]);
  });

  test('is not paid for a stranger', async () => {
    await open();
    await stage.post('custom', { ...delivery, headers: { authorization: 'Bearer no' } });
    await stage.post('ebay', delivery);

    expect(stage.begun()).toEqual([]);
  });
});

test('three hundred failing rules make a reason of a thousand characters', async () => {
  const failing = Array.from(
    { length: 300 },
    (_, n) => `{name: "rule ${n}", on: custom, add: event.data.nothing}`,
  );
  await open({ rules: loadRules(`rules: [${failing.join(', ')}]`, 'rules.yml') });

  const { body } = await stage.post('custom', delivery);

  expect(body.reason?.length).toBeLessThan(1_050);
  expect(body.reason).toContain('rule-failed: "rule 0"');
});
