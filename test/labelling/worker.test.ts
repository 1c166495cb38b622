import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { LabelJob } from '../../lib/queue/job.ts';
import { refusal } from '../support/fake-wix.ts';
import { ADA, BOB, jobOf, NOBODY } from '../support/jobs-stage.ts';
import { type CapturedLog, captureLog } from '../support/log.ts';
import { recordOf } from '../support/records.ts';
import { openWorkerStage } from '../support/worker-stage.ts';

// Several messages of one group in one receive.

let log: CapturedLog;
beforeEach(() => {
  log = captureLog();
});
afterEach(() => {
  jest.restoreAllMocks();
});

/** A message about a contact, by its id, that adds a label of the message's own name. */
const adds = (name: string, contactId = ADA, over: Partial<LabelJob> = {}) => {
  const id = Buffer.from(name).toString('hex').padStart(64, '0');
  return recordOf(name, jobOf({ id, contact: { contactId }, add: [name], ...over }));
};
const reported = () =>
  log
    .lines()
    .filter(({ message }) => message === 'job')
    .map(({ outcome, reason, added }) => [outcome, reason ?? added]);

describe('several messages of one contact in one batch', () => {
  test('are one call, and each is reported', async () => {
    const { work, changes, wix } = openWorkerStage();
    expect(await work([adds('one'), adds('other', BOB), adds('two'), adds('three')])).toEqual([]);
    expect(changes().toSorted()).toEqual([
      `labelContact ${ADA} [key of one,key of two,key of three]`,
      `labelContact ${BOB} [key of other]`,
    ]);
    expect(wix.labelsOf(ADA)).toEqual(['one', 'three', 'two']);
    expect(reported().filter(([, added]) => `${added}` !== 'other')).toEqual([
      ['done', ['one']],
      ['done', ['two']],
      ['done', ['three']],
    ]);
    expect(new Set(log.lines().map(({ jobId }) => jobId)).size).toBe(4);
  });

  test('come to what they come to in their order', async () => {
    const { work, changes, wix } = openWorkerStage();
    const removal = adds('one', ADA, { add: [], remove: ['one'] });
    await work([adds('one'), { ...removal, messageId: 'two' }, adds('three')]);
    expect(changes()).toEqual([`labelContact ${ADA} [key of three]`]);
    expect(wix.labelsOf(ADA)).toEqual(['three']);
  });

  test('and behind one that must wait all are kept, for as long', async () => {
    const { work, changes, postponed, wix } = openWorkerStage();
    wix.hooks.before = (operation, id) => {
      if (operation === 'labelContact' && id === ADA) throw refusal(operation, 503);
    };
    expect(await work([adds('one'), adds('two'), adds('other', BOB), adds('three')])).toEqual([
      'one',
      'two',
      'three',
    ]);
    expect(changes().toSorted()).toEqual([
      `labelContact ${ADA} [key of one,key of two,key of three]`,
      `labelContact ${BOB} [key of other]`,
    ]);
    expect(postponed).toEqual([
      ['one', 4],
      ['two', 4],
      ['three', 4],
    ]);
    expect(reported().toSorted()).toEqual([
      ['done', ['other']],
      ['retry', 'transient'],
    ]);
  });

  test('a dead one is given up by itself, and holds up none behind it', async () => {
    const { work, deadLetters, wix } = openWorkerStage();
    wix.hooks.before = (operation, name) => {
      if (name === 'two') throw refusal(operation, 400);
    };
    expect(await work([adds('one'), adds('two'), adds('three')])).toEqual([]);
    expect(deadLetters.map(({ reason, body }) => [reason, JSON.parse(body).add])).toEqual([
      ['bad-request', ['two']],
    ]);
    expect(wix.labelsOf(ADA)).toEqual(['one', 'three']);
  });

  test('a dead one before one that must wait is over', async () => {
    const { work, deadLetters, postponed, wix } = openWorkerStage();
    wix.hooks.before = (operation, name) => {
      if (name === 'one') throw refusal(operation, 400);
      if (operation === 'labelContact') throw refusal(operation, 503);
    };
    expect(await work([adds('one'), adds('two'), adds('three')])).toEqual(['two', 'three']);
    expect(deadLetters).toHaveLength(1);
    expect(postponed).toEqual([
      ['two', 4],
      ['three', 4],
    ]);
  });

  test('one that is no job is given up in its place; those behind it go on', async () => {
    const { work, deadLetters, wix } = openWorkerStage();
    const group = adds('one').attributes.MessageGroupId ?? '';
    const one = recordOf('one', jobOf({ contact: { email: 'ada@e.com' }, add: ['one'] }), {
      group,
    });
    const two = recordOf('two', jobOf({ contact: { email: 'ada@e.com' }, add: ['two'] }), {
      group,
    });
    expect(await work([one, recordOf('no job', '{}', { group, receives: 3 }), two])).toEqual([]);
    expect(deadLetters).toMatchObject([
      {
        reason: 'invalid-job',
        body: '{}',
        receives: 3,
        detail: expect.stringMatching(/^Not a job that this version of Earmark reads: v, id, /),
      },
    ]);
    expect(log.lines().filter(({ message }) => message === 'invalid-job')).toMatchObject([
      { level: 'error', messageId: 'no job' },
    ]);
    expect(wix.labelsOf(ADA)).toEqual(['one', 'two']);
  });

  test('of an unknown contact each that wants something else if it is missing is by itself', async () => {
    const { work, postponed } = openWorkerStage();
    const ignored = adds('ignored', NOBODY, { contact: { email: 'x' }, missing: 'ignore' });
    const waiting = adds('waiting', NOBODY, { contact: { email: 'x' } });
    const behind = adds('behind', NOBODY, { contact: { email: 'x' }, missing: 'ignore' });
    expect(await work([ignored, waiting, behind])).toEqual(['waiting', 'behind']);
    expect(postponed).toEqual([
      ['waiting', 4],
      ['behind', 4],
    ]);
    expect(reported()).toEqual([
      ['done', 'no-such-contact'],
      ['retry', 'contact-not-found'],
    ]);
  });

  test('those that shared a try in vain share its count: they become dead letters together', async () => {
    const { work, deadLetters, wix, pass, postponed } = openWorkerStage();
    wix.contacts.delete(ADA);
    const batch = [adds('one'), adds('two')];
    for (let hours = 0; hours < 2; hours += 1) {
      expect(await work(batch)).toEqual(['one', 'two']);
      pass(59 * 60_000);
    }
    expect(postponed).toHaveLength(4);
    pass(2 * 60_000 - 1);
    expect(await work(batch)).toEqual(['one', 'two']);
    pass(1);
    expect(await work(batch)).toEqual([]);
    expect(deadLetters.map(({ reason }) => reason)).toEqual([
      'contact-not-found',
      'contact-not-found',
    ]);
  });

  test('each look counts once', async () => {
    const { work, wix, pass } = openWorkerStage();
    wix.contacts.delete(ADA);
    pass(5 * 3_600_000);
    expect(await work([adds('one')])).toEqual(['one']);
    pass(10 * 60_000);
    for (const kept of [['one'], []]) expect(await work([adds('one')])).toEqual(kept);
  });

  test('one that is spent while those behind it were not tried holds them up no longer', async () => {
    const { work, deadLetters, wix, pass } = openWorkerStage();
    wix.hooks.before = (operation, name) => {
      if (name === 'two') throw refusal(operation, 400);
      if (operation === 'labelContact') throw refusal(operation, 503);
    };
    pass(4 * 24 * 3_600_000);
    expect(await work([adds('one'), adds('two')])).toEqual([]);
    expect(deadLetters.map(({ reason }) => reason)).toEqual(['transient', 'bad-request']);
  });

  test('two groups that are known to be one contact go as one, in the order of the queue', async () => {
    const { work, changes } = openWorkerStage();
    const byEmail = (name: string) => adds(name, ADA, { contact: { email: 'ada@e.com' } });
    await work([byEmail('first')]);
    changes();
    await work([byEmail('one'), adds('two', ADA.toUpperCase()), byEmail('three')]);
    expect(changes()).toEqual([`labelContact ${ADA} [key of one,key of two,key of three]`]);
  });
});

describe('the contact at the end of a full batch', () => {
  test('is set back at once, for the rest of its messages may be next', async () => {
    const { work, changes, postponed } = openWorkerStage();
    const full = Array.from({ length: 9 }, (_, n) => adds(`${n}`));
    expect(await work([...full, adds('other', BOB)])).toEqual(['other']);
    expect(postponed).toEqual([['other', 0]]);
    expect(changes()).toHaveLength(1);
    expect(reported()).toHaveLength(9);
  });
});
