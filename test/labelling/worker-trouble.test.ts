import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { LabelJob } from '../../lib/queue/job.ts';
import { refusal } from '../support/fake-wix.ts';
import { START } from '../support/jobs.ts';
import { ADA, BOB, jobOf } from '../support/jobs-stage.ts';
import { type CapturedLog, captureLog } from '../support/log.ts';
import { type RecordOptions, recordOf } from '../support/records.ts';
import { openWorkerStage } from '../support/worker-stage.ts';

const HOUR = 3_600_000;

let log: CapturedLog;
beforeEach(() => {
  log = captureLog();
});
afterEach(() => {
  jest.restoreAllMocks();
});

/** A message about a contact, by its id, that adds a label of the message's own name. */
function adds(
  name: string,
  contactId = ADA,
  over: Partial<LabelJob> = {},
  options: RecordOptions = {},
) {
  const id = Buffer.from(name).toString('hex').padStart(64, '0');
  return recordOf(name, jobOf({ id, contact: { contactId }, add: [name], ...over }), options);
}

describe('what nobody foresaw', () => {
  test('is tried again for an hour from when it first showed; the log holds no message', async () => {
    const { work, hooks, postponed, deadLetters, pass } = openWorkerStage();
    hooks.openSite = () => {
      throw new TypeError('ada@example.com is not a function');
    };
    const old = adds('one', ADA, {}, { age: HOUR });
    expect(await work([old])).toEqual(['one']);
    pass(HOUR / 2);
    await work([old]);
    pass(HOUR / 2 - 1);
    expect(await work([old])).toEqual(['one']);
    expect(postponed.map(([name]) => name)).toEqual(['one', 'one', 'one']);
    expect(log.lines().slice(0, 2)).toMatchObject([
      { message: 'exception', error: 'TypeError', jobId: expect.any(String) },
      { message: 'job', outcome: 'retry', reason: 'exception' },
    ]);
    expect(log.text()).not.toContain('ada@');
    pass(1);
    expect(await work([old])).toEqual([]);
    expect(deadLetters).toMatchObject([{ reason: 'exception', receives: 1 }]);
  });

  test('says nothing of the site: the breaker stays as it is', async () => {
    // Prepare: the breaker opens, and its probe meets an exception.
    const { work, wix, changes, pass } = openWorkerStage();
    const answers = [refusal('labelContact', 401), new TypeError('unforeseen'), undefined];
    wix.hooks.before = (operation) => {
      const error = operation === 'labelContact' ? answers.shift() : undefined;
      if (error) throw error;
    };
    await work([adds('one')]);
    pass(30_000);
    await work([adds('one')]);
    expect(changes()).toHaveLength(2);
    // Act: the next batch has two contacts. Assess: one of them is the probe, the other is not begun.
    expect(await work([adds('one'), adds('two', BOB)])).toEqual(['two']);
    expect(changes()).toHaveLength(1);
  });
});

describe('a site that is paused', () => {
  test('is not called, and no line is written for each job', async () => {
    const { work, wix, postponed, pass } = openWorkerStage();
    wix.hooks.before = (operation) => {
      throw refusal(operation, 401);
    };
    await work([adds('one')]);
    pass(10_000);
    const batch = [adds('one'), adds('two'), adds('other', BOB)];
    expect(await work(batch)).toEqual(['one', 'two', 'other']);
    expect(wix.calls).toHaveLength(1);
    expect(postponed).toEqual([
      ['one', 4],
      ['one', 21],
      ['two', 21],
      ['other', 22],
    ]);
    expect(log.lines().map(({ message }) => message)).toEqual(['breaker', 'job']);
  });

  test('holds up no other', async () => {
    const { work, wix, hooks } = openWorkerStage();
    const down = adds('down', ADA, { site: 'down' });
    hooks.openSite = (context) => {
      const site = wix.openSite(context);
      if (context.site === 'down') {
        site.findOrCreateLabel = async () => {
          context.onCall?.();
          throw refusal('findOrCreateLabel', 401);
        };
      }
      return site;
    };
    expect(await work([down])).toEqual(['down']);
    expect(await work([down, adds('one')])).toEqual(['down']);
    expect(wix.labelsOf(ADA)).toEqual(['one']);
  });
});

describe('SQS in trouble', () => {
  const refuse = async (): Promise<never> => {
    throw new Error('ServiceUnavailable');
  };

  test('a dead letter that is not taken keeps its record, and all behind it', async () => {
    const { work, wix, hooks, deadLetters, postponed } = openWorkerStage();
    hooks.deadLetter = refuse;
    wix.hooks.before = (operation, name) => {
      if (name === 'one') throw refusal(operation, 501);
    };
    expect(await work([adds('one'), adds('two')])).toEqual(['one', 'two']);
    expect(deadLetters).toEqual([]);
    expect(postponed).toEqual([
      ['one', 30],
      ['two', 30],
    ]);
    expect(log.lines().find(({ message }) => message === 'not-finished')).toMatchObject({
      level: 'error',
      messageId: 'one',
      error: 'Error',
    });
  });

  test('so does one of a message that is no job', async () => {
    const { work, hooks, postponed } = openWorkerStage();
    hooks.deadLetter = refuse;
    expect(await work([recordOf('no job', '{}')])).toEqual(['no job']);
    expect(postponed).toEqual([['no job', 30]]);
  });

  test('a message that cannot be postponed is kept all the same', async () => {
    const { work, wix, hooks } = openWorkerStage();
    hooks.postpone = refuse;
    wix.hooks.before = (operation) => {
      throw refusal(operation, 503);
    };
    expect(await work([adds('one'), adds('two')])).toEqual(['one', 'two']);
    expect(log.lines().filter(({ message }) => message === 'not-postponed')).toMatchObject([
      { level: 'warn', messageId: 'one' },
      { level: 'warn', messageId: 'two' },
    ]);
  });
});

test('an older event changes nothing where a later one had its say, and the log says it was late', async () => {
  const { work, changes } = openWorkerStage();
  await work([adds('one')]);
  const cause = { ...jobOf().cause, occurredAt: new Date(START - 60_000).toISOString() };
  await work([adds('three', ADA, { add: [], remove: ['one'], cause })]);
  expect(changes()).toHaveLength(1);
  expect(log.lines().at(-1)).toMatchObject({
    outcome: 'done',
    superseded: ['one'],
    lateSeconds: 60,
  });
});

test('a job that later events left nothing of asks Wix nothing: the breaker stays as it is', async () => {
  const { work, wix, changes, pass } = openWorkerStage();
  await work([adds('one')]);
  wix.hooks.before = (operation) => {
    throw refusal(operation, 401);
  };
  await work([adds('two', BOB)]);
  pass(30_000);
  const cause = { ...jobOf().cause, occurredAt: new Date(START - 6_000).toISOString() };
  expect(await work([adds('three', ADA, { add: [], remove: ['one'], cause })])).toEqual([]);
  await work([adds('four'), adds('five', BOB)]);
  expect(changes()).toHaveLength(1);
  expect(wix.calls).toEqual([]);
});

test('of the time of the invocation ten seconds are kept for the end', async () => {
  const { work, wix, hooks } = openWorkerStage();
  const left: number[] = [];
  hooks.openSite = (context) => {
    left.push(context.timeLeft());
    return wix.openSite(context);
  };
  await work([adds('one')], 26_000);
  expect(left).toEqual([16_000]);
});
