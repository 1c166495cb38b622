import { beforeAll, describe, expect, test } from '@jest/globals';
import { delaySeconds, isSpent, type RetryReason, type Tries } from '../../lib/labelling/retry.ts';
import type { JobReason } from '../../lib/queue/reasons.ts';
import type { RefusalKind } from '../../lib/sources/source.ts';
import type { WixFailure } from '../../lib/wix/calls/failure.ts';
import { alarmMetrics } from '../../scripts/monitoring.ts';
import {
  type CloudFormationResource,
  type CloudFormationTemplate,
  compileTemplate,
} from '../../scripts/template.ts';
import { type Datum, type Reported, rings } from '../support/alarm.ts';
import { openBreaker } from '../support/breaker-stage.ts';
import { captureLog } from '../support/log.ts';

const MINUTE = 60;
const HOUR = 3600;
const DAY = 24 * HOUR;

let template: CloudFormationTemplate;
beforeAll(async () => {
  template = await compileTemplate();
});

function alarmOf(name: string): CloudFormationResource {
  const alarm = template.Resources[name];
  if (!alarm) throw new Error(`There is no ${name}.`);
  return alarm;
}

/** Whether the alarm rings in each minute of a time. */
function inMinutes(name: string, data: Reported, from: number, to: number): boolean[] {
  const alarm = alarmOf(name);
  const minutes = Array.from({ length: Math.floor((to - from) / MINUTE) });
  return minutes.map((_, minute) => rings(alarm, data, from + minute * MINUTE));
}

interface Try {
  readonly at: number;
  readonly reason: RetryReason;
}

/**
 * The tries of a lone job at a site that fails all the time: it has the rarest signs of what is wrong.
 * Breaker and delays are the worker's own.
 * @param processSeconds how long Lambda lets a process live
 */
function loneJob(
  failure: WixFailure,
  reason: RetryReason,
  until: number,
  options: {
    random: number;
    processSeconds: number;
  },
): Try[] {
  captureLog();
  const { random, processSeconds } = options;
  const found: Try[] = [];
  let breaker = openBreaker();
  let bornAt = 0;
  for (let at = 0; at < until; ) {
    if (at - bornAt > processSeconds) [breaker, bornAt] = [openBreaker(), at];
    const tries: Tries = {
      now: at * 1000,
      receivedAt: 0,
      sentAt: 0,
      firstTriedAt: 0,
      receives: found.length + 1,
    };
    const permission = breaker.allow(tries.now);
    const met = permission.go ? reason : 'circuit-open';
    if (permission.go)
      breaker.record(tries.now, permission.probe, { jobId: 'job', answer: failure });
    if (isSpent(met, tries, { count: found.length + 1, since: 0 })) break;
    found.push({ at, reason: met });
    const atLeastMs = permission.go ? failure.retryAfterMs : permission.waitMs;
    at += delaySeconds(met, tries, random, atLeastMs);
  }
  return found;
}

const REFUSED: WixFailure = { operation: 'labelContact', kind: 'answer', status: 401 };
const DOWN: WixFailure = {
  operation: 'labelContact',
  kind: 'answer',
  status: 503,
  retryAfterMs: HOUR * 1000,
};
const THROTTLED: WixFailure = {
  operation: 'labelContact',
  kind: 'answer',
  status: 429,
  retryAfterMs: 1.1 * HOUR * 1000,
};

const CHANCE = [0, 0.5, 0.999].flatMap((random) =>
  [Infinity, 15 * MINUTE, 5 * HOUR].map((processSeconds) => ({ random, processSeconds })),
);

describe.each(CHANCE)('a lone job, chance %o', (chance) => {
  test('credentials that are refused for days ring all the time, and 90 minutes longer', () => {
    const until = 12 * DAY;
    const signs = loneJob(REFUSED, 'credentials', until, chance)
      .filter(({ reason }) => reason === 'credentials')
      .map(({ at }) => ({ at, value: 1 }));

    expect(inMinutes('CredentialsAlarm', signs, MINUTE, until)).not.toContain(false);
    expect(inMinutes('CredentialsAlarm', signs, until + 91 * MINUTE, until + DAY)).not.toContain(
      true,
    );
  });

  test.each([
    ['credentials', REFUSED, 12 * DAY],
    ['transient', DOWN, 2.9 * DAY],
    ['throttled', THROTTLED, 12 * DAY],
  ] as const)(
    'a job that waits for %s rings from three hours on, and 90 minutes longer',
    (reason, failure, until) => {
      const signs = loneJob(failure, reason, until, chance).map(({ at }) => ({ at, value: at }));

      expect(inMinutes('HeldJobAlarm', signs, 0, 3 * HOUR)).not.toContain(true);
      expect(inMinutes('HeldJobAlarm', signs, 3 * HOUR + 90 * MINUTE, until)).not.toContain(false);
      expect(inMinutes('HeldJobAlarm', signs, until + 91 * MINUTE, until + DAY)).not.toContain(
        true,
      );
    },
  );
});

test('a contact that does not come rings nothing before it is given up', () => {
  const missing: WixFailure = { operation: 'labelContact', kind: 'answer', status: 404 };
  const signs = loneJob(missing, 'contact-not-found', DAY, {
    random: 0.999,
    processSeconds: Infinity,
  });

  expect(signs.at(-1)?.at).toBeGreaterThan(HOUR);
  expect(
    inMinutes(
      'HeldJobAlarm',
      signs.map(({ at }) => ({ at, value: at })),
      0,
      DAY,
    ),
  ).not.toContain(true);
});

/** One sign at each of these times. */
const signs = (...times: number[]): Datum[] => times.map((at) => ({ at, value: 1 }));

describe('what rings, and what does not', () => {
  test.each([
    ['NewDeadLetterAlarm', 'one dead letter', signs(0), true],
    ['JobAgeAlarm', 'a job that nobody takes up', [{ at: 0, value: 3 * HOUR + 1 }], true],
    ['JobAgeAlarm', 'a contact that is waited for', [{ at: 0, value: 3 * HOUR }], false],
    ['ReceiverAlarm', 'a moment’s trouble', signs(600, 610, 620), false],
    [
      'ReceiverAlarm',
      'a failure and the sender’s next try, in a shop with an order an hour',
      signs(600, 1500),
      true,
    ],
    ['ReceiverAlarm', 'a failure a day', signs(0, DAY, 2 * DAY), false],
    ['UnusableSecretAlarm', 'one delivery to a secret that can verify nothing', signs(0), true],
    ['QuotaAlarm', 'one label refused', signs(0), true],
    ['WorkerAlarm', 'one crash', signs(0), false],
    [
      'WorkerAlarm',
      'a message that ends the worker every two minutes',
      signs(0, 126, 252, 378, 504, 630, 756, 882, 1008),
      true,
    ],
  ] as const)('%s: %s', (name, _, data, expected) => {
    expect(inMinutes(name, data, 0, 3 * DAY).includes(true)).toBe(expected);
  });

  test.each([
    ['NewDeadLetterAlarm', 5],
    ['ReceiverAlarm', 60],
    ['UnusableSecretAlarm', 6 * 60],
    ['QuotaAlarm', 6 * 60],
    ['WorkerAlarm', 45],
  ] as const)('%s ends %i minutes after the last sign', (name, minutes) => {
    const data = Array.from({ length: 100 }, (_, index) => ({ at: index * MINUTE, value: 5 }));
    const over = 100 * MINUTE + minutes * MINUTE;

    expect(inMinutes(name, data, 60 * MINUTE, 100 * MINUTE)).not.toContain(false);
    expect(inMinutes(name, data, over, over + DAY)).not.toContain(true);
  });
});

test.each([
  [
    'NewDeadLetterAlarm',
    'NumberOfMessagesSent',
    { QueueName: '!GetAtt DeadLetterQueue.QueueName' },
  ],
  ['ReceiverAlarm', '5xx', { ApiId: '!Ref HttpApi' }],
  ['HeldJobAlarm', 'JobAge', { FunctionName: '!Ref LabelLambdaFunction' }],
  ['JobAgeAlarm', 'ApproximateAgeOfOldestMessage', { QueueName: '!GetAtt JobQueue.QueueName' }],
  [
    'CredentialsAlarm',
    'Retried',
    { FunctionName: '!Ref LabelLambdaFunction', Reason: 'credentials' satisfies RetryReason },
  ],
  [
    'QuotaAlarm',
    'DeadLettered',
    {
      FunctionName: '!Ref LabelLambdaFunction',
      Reason: 'labels-quota-reached' satisfies JobReason,
    },
  ],
  [
    'UnusableSecretAlarm',
    'Refused',
    { FunctionName: '!Ref ReceiveLambdaFunction', Reason: 'unusable' satisfies RefusalKind },
  ],
  ['WorkerAlarm', 'Errors', { FunctionName: '!Ref LabelLambdaFunction' }],
])('%s watches %s of %o', (name, metric, dimensions) => {
  const found = alarmMetrics(name, alarmOf(name));
  expect(found).toMatchObject([{ name: metric, dimensions }]);
});

test('dead letters ring until the last is gone, those in hand too, and while an idle queue reports nothing', () => {
  const alarm = alarmOf('DeadLetterAlarm');
  const ofDeadLetters = { dimensions: { QueueName: '!GetAtt DeadLetterQueue.QueueName' } };
  expect(alarmMetrics('DeadLetterAlarm', alarm)).toMatchObject([
    { name: 'ApproximateNumberOfMessagesVisible', ...ofDeadLetters },
    { name: 'ApproximateNumberOfMessagesNotVisible', ...ofDeadLetters },
  ]);
  expect(alarm.Properties).toMatchObject({
    Metrics: [{ Expression: 'waiting + inHand' }, { Id: 'waiting' }, { Id: 'inHand' }],
    Threshold: 1,
    TreatMissingData: 'ignore',
  });
});
