import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { refusal } from '../support/fake-wix.ts';
import { ADA, BOB, done, jobOf, openJobs } from '../support/jobs-stage.ts';
import { type CapturedLog, captureLog } from '../support/log.ts';

let log: CapturedLog;
beforeEach(() => {
  log = captureLog();
});
afterEach(() => {
  jest.restoreAllMocks();
});

const FIRST = jobOf({ add: ['A'] });
const BAD = jobOf({ add: ['Bad'] });
const LAST = jobOf({ add: ['C'] });

describe('jobs of one contact', () => {
  test('are one call each way, and each gets its share', async () => {
    const { label, asked, wix } = openJobs();
    wix.contacts.get(ADA)?.keys.add('key of Old');
    wix.labels.set('Old', 'key of Old');
    const outcomes = await label(
      jobOf({ add: ['A', 'B'] }),
      jobOf({ add: ['C'], remove: ['A', 'Old'] }, 9_000),
      jobOf({ add: ['B'], remove: ['Never'] }, 9_000),
      jobOf({ remove: ['B'] }, 0),
    );
    const contactId = ADA;
    expect(outcomes).toEqual([
      done({ contactId, added: ['B'], superseded: ['A'] }),
      done({ contactId, added: ['C'], removed: ['Old'], inPlace: ['A'] }),
      done({ contactId, added: ['B'], inPlace: ['Never'] }),
      done({ contactId, superseded: ['B'] }),
    ]);
    expect(asked()).toEqual([
      `labelContact ${ADA} [key of B,key of C]`,
      `unlabelContact ${ADA} [key of Old]`,
    ]);
    expect(wix.labelsOf(ADA)).toEqual(['B', 'C']);
    expect(wix.labelsOf(BOB)).toEqual([]);
  });

  test('that later events left nothing of ask Wix nothing', async () => {
    const { label, asked } = openJobs();
    await label(jobOf({ add: ['A'] }, 9_000));
    asked();
    expect(await label(jobOf({ remove: ['A'] }, 0))).toEqual([
      done({ contactId: ADA, superseded: ['A'] }),
    ]);
    expect(asked()).toEqual([]);
  });

  test('change a contact one after the other, by whatever reference they found it', async () => {
    const { label, wix } = openJobs();
    let underWay = 0;
    let most = 0;
    wix.hooks.before = async (operation) => {
      if (operation !== 'labelContact') return;
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise(setImmediate);
      underWay -= 1;
    };
    const by = (contact: object, add: string) => label(jobOf({ contact, add: [add] }));
    await Promise.all([
      by({ contactId: ADA }, 'A'),
      by({ contactId: ADA.toUpperCase() }, 'B'),
      by({ email: 'ada@e.com' }, 'C'),
      by({ phone: '1' }, 'D'),
    ]);
    expect(most).toBe(1);
    expect(wix.labelsOf(ADA)).toEqual(['A', 'B', 'C', 'D']);
  });
});

describe('a removal that finds nobody', () => {
  const late = (over: object, at: number) =>
    jobOf({ contact: { email: 'late@e.com' }, missing: 'wait', ...over }, at);

  test('keeps an older event from putting the label once there is somebody', async () => {
    const { label, wix } = openJobs();
    const older = late({ add: ['A', 'B'], reversible: ['A'] }, 0);
    expect(await label(late({ remove: ['A'] }, 9_000), older)).toMatchObject([
      { kind: 'retry', reason: 'contact-not-found', otherwise: { reason: 'no-such-contact' } },
      { kind: 'retry', reason: 'contact-not-found' },
    ]);
    wix.addContact('late', { emails: ['late@e.com'] });
    expect(await label(older)).toEqual([
      done({ contactId: 'late', added: ['B'], superseded: ['A'] }),
    ]);
    expect(wix.labelsOf('late')).toEqual(['B']);
  });

  test('does not keep a newer event from putting it', async () => {
    const { label, wix } = openJobs();
    await label(late({ remove: ['A'] }, 0));
    wix.addContact('late', { emails: ['late@e.com'] });
    expect(await label(late({ add: ['A'] }, 9_000))).toEqual([
      done({ contactId: 'late', added: ['A'] }),
    ]);
  });

  test('makes nobody for an older event that has nothing else to put', async () => {
    const { label, asked } = openJobs();
    await label(late({ remove: ['A'] }, 9_000));
    asked();
    const { rest, ...over } = done({ reason: 'no-such-contact' });
    expect(await label(late({ add: ['A'], missing: 'create' }, 0))).toEqual([over]);
    expect(asked().filter((call) => call.startsWith('createContact'))).toEqual([]);
  });
});

describe('a permanent answer to several', () => {
  const badLabel = (operation: string, name: unknown): void => {
    if (operation === 'findOrCreateLabel' && name === 'Bad') {
      throw refusal('findOrCreateLabel', 400, { fields: ['displayName', 'x'] });
    }
  };

  test('is for the one at fault alone: each is tried by itself', async () => {
    const { label, wix } = openJobs();
    wix.hooks.before = badLabel;
    expect(await label(FIRST, BAD, LAST)).toMatchObject([
      { kind: 'done', added: ['A'] },
      {
        kind: 'dead-letter',
        reason: 'bad-request',
        job: { add: ['Bad'] },
        detail: 'Refused: displayName, x.',
        failure: { status: 400 },
      },
      { kind: 'done', added: ['C'] },
    ]);
    expect(wix.labelsOf(ADA)).toEqual(['A', 'C']);
  });

  test('and those behind one that must wait are left out', async () => {
    const { label, wix, asked } = openJobs();
    wix.hooks.before = (operation, name) => {
      badLabel(operation, name);
      if (operation === 'labelContact') throw refusal('labelContact', 503);
    };
    const outcomes = await label(BAD, FIRST, LAST);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['dead-letter', 'retry']);
    expect(asked()).toHaveLength(1);
  });

  test('so when the first of them must wait, nothing else is tried', async () => {
    const { label, wix } = openJobs();
    wix.hooks.before = (operation, name) => {
      badLabel(operation, name);
      if (operation === 'labelContact') throw refusal('labelContact', 503);
    };
    expect(await label(FIRST, BAD, LAST)).toMatchObject([{ kind: 'retry', reason: 'transient' }]);
  });

  test('of a new label that would not go on is permanent, too: only its job has to wait', async () => {
    const { label, wix } = openJobs();
    const put = wix.site.labelContact;
    wix.site.labelContact = (id, keys) =>
      put(
        id,
        keys.filter((key) => key !== 'key of Bad'),
      );
    expect(await label(FIRST, BAD, LAST)).toMatchObject([
      { kind: 'done', inPlace: ['A'] },
      {
        kind: 'retry',
        reason: 'label-too-new',
        job: { add: ['Bad'] },
        otherwise: { reason: 'label-not-applied', job: { add: ['Bad'] } },
      },
    ]);
  });

  test('an exception is taken for one: only the job at fault has to wait', async () => {
    const { label, wix } = openJobs();
    wix.hooks.before = (operation, name) => {
      if (operation === 'findOrCreateLabel' && name === 'Bad') throw new TypeError('x@y.example');
    };
    const outcomes = await label(FIRST, BAD, LAST);
    expect(outcomes).toMatchObject([
      { kind: 'done', added: ['A'] },
      { kind: 'retry', reason: 'exception' },
    ]);
    expect(outcomes).toHaveLength(2);
    expect(log.lines()).toMatchObject([
      { level: 'error', message: 'exception', error: 'TypeError' },
    ]);
  });
});

describe('an answer that passes', () => {
  test('is for all of them: they wait together', async () => {
    const { label, wix, asked } = openJobs();
    const failure = { code: 'X', retryAfterMs: 7_000 };
    wix.hooks.before = (operation) => {
      if (operation === 'labelContact') throw refusal('labelContact', 429, failure);
    };
    const outcomes = await label(FIRST, BAD, LAST);
    expect(outcomes).toMatchObject(
      [FIRST, BAD, LAST].map((job) => ({
        kind: 'retry',
        reason: 'throttled',
        atLeastMs: 7_000,
        job,
      })),
    );
    expect(new Set(outcomes.map((one) => 'failure' in one && one.failure)).size).toBe(1);
    expect(asked()).toHaveLength(1);
  });

  test('leaves of each what is not done yet', async () => {
    const { label, wix } = openJobs();
    wix.labels.set('Old', 'key of Old');
    wix.contacts.get(ADA)?.keys.add('key of Old');
    await label(jobOf({ add: ['In place'] }, 0));
    wix.hooks.before = (operation) => {
      if (operation === 'unlabelContact') throw refusal(operation, 503);
    };
    const outcomes = await label(
      jobOf({ add: ['A', 'In place', 'Old'] }, 0),
      jobOf({ add: ['B'], remove: ['Old', 'Never'] }, 9_000),
    );
    expect(outcomes).toMatchObject([
      { kind: 'retry', reason: 'transient', job: { add: [], remove: [] } },
      { kind: 'retry', reason: 'transient', job: { add: [], remove: ['Old', 'Never'] } },
    ]);
  });
});

describe('a full site', () => {
  test('dead-letters of each job what it has no room for, and reports both numbers', async () => {
    const { label, wix } = openJobs();
    await label(jobOf({ add: ['A'] }));
    wix.hooks.labelsQuota = 1;
    const [first, second, third] = await label(
      jobOf({ add: ['A', 'B'], remove: ['Old'] }, 0),
      jobOf({ add: ['C'], remove: ['B'] }, 9_000),
      jobOf({ add: ['A'] }, 9_000),
    );
    const rest = {
      reason: 'labels-quota-reached',
      detail: 'The site has 1 of 1 labels. Delete labels, wait ten minutes, then replay.',
      failure: { status: 428 },
    };
    expect(first).toEqual(done({ contactId: ADA, inPlace: ['A', 'Old'], superseded: ['B'] }));
    expect(second).toMatchObject({
      kind: 'done',
      inPlace: ['B'],
      rest: { ...rest, job: { add: ['C'], remove: [] } },
    });
    expect(third).toEqual(done({ contactId: ADA, inPlace: ['A'] }));
  });
});
