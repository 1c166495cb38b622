import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { SQSRecord } from 'aws-lambda';
import { createWorker } from '../../lib/labelling/worker.ts';
import type { DeadLetter } from '../../lib/queue/dead-letter.ts';
import type { LabelJob } from '../../lib/queue/job.ts';
import { WixError } from '../../lib/wix/failure.ts';
import type { WixSite } from '../../lib/wix/wix.ts';
import { aJob, START } from '../support/label-stage.ts';
import { type CapturedLog, captureLog } from '../support/log.ts';

// What the emulator cannot show: several messages of one group in one receive, errors nobody foresaw.

const ADA = '00000000-0000-4000-8000-0000000000aa';
const BOB = '00000000-0000-4000-8000-0000000000bb';

let log: CapturedLog;
beforeEach(() => {
  log = captureLog();
});
afterEach(() => {
  jest.restoreAllMocks();
});

interface Scene {
  readonly label?: (contactId: string, keys: readonly string[]) => Promise<readonly string[]>;
  readonly postpone?: (receiptHandle: string, seconds: number) => Promise<void>;
  readonly deadLetter?: (letter: DeadLetter) => Promise<void>;
  readonly openSite?: () => WixSite;
  readonly getContact?: WixSite['getContact'];
}

/** The worker among plain functions; what it does is noted. */
function scene({
  label = async (_id, keys) => keys,
  postpone,
  deadLetter,
  openSite,
  getContact = async () => undefined,
}: Scene = {}) {
  let time = START;
  const labelled: string[] = [];
  const postponed: [string, number][] = [];
  const letters: DeadLetter[] = [];
  const site = {
    getContact,
    findOrCreateLabel: async (name: string) => `custom.${name}`,
    labelContact: async (contactId: string, keys: readonly string[]) => {
      labelled.push(`${contactId} ${keys.join()}`);
      return label(contactId, keys);
    },
  } as unknown as WixSite;
  const work = createWorker({
    openSite: openSite ?? (() => site),
    queue: {
      postpone: async (receiptHandle, seconds) => {
        postponed.push([receiptHandle, seconds]);
        await postpone?.(receiptHandle, seconds);
      },
      deadLetter: async (letter) => {
        await deadLetter?.(letter);
        letters.push(letter);
      },
    },
    now: () => time,
    random: () => 0.5,
  });
  const pass = (ms: number): void => {
    time += ms;
  };
  return { work, labelled, postponed, letters, pass };
}

function record(messageId: string, contactId: string, add: string, age = 0): SQSRecord {
  const job: LabelJob = aJob({ contact: { contactId }, add: [add] });
  return {
    messageId,
    receiptHandle: `receipt of ${messageId}`,
    body: JSON.stringify(job),
    attributes: {
      ApproximateReceiveCount: '1',
      ApproximateFirstReceiveTimestamp: `${START - age}`,
      SenderId: '',
      SentTimestamp: `${START - age}`,
      MessageGroupId: contactId,
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: '',
    eventSourceARN: '',
    awsRegion: '',
  };
}

const failing = async (): Promise<never> => {
  throw new WixError({ operation: 'labelContact', kind: 'answer', status: 503 });
};
const plenty = (): number => 60_000;

describe('several messages of one contact in one batch', () => {
  test('go in order, and all behind one that must wait are kept for as long', async () => {
    const flaky = async (_id: string, keys: readonly string[]): Promise<readonly string[]> =>
      keys.includes('custom.two') ? failing() : keys;
    const { work, labelled, postponed } = scene({ label: flaky });
    const records = ['one', 'two', 'three'].map((name) => record(name, ADA, name));
    const answer = await work([...records, record('other', BOB, 'one')], plenty);
    expect(answer.batchItemFailures).toEqual([
      { itemIdentifier: 'two' },
      { itemIdentifier: 'three' },
    ]);
    expect(labelled.filter((line) => line.startsWith(ADA))).toEqual([
      `${ADA} custom.one`,
      `${ADA} custom.two`,
    ]);
    expect(labelled).toContain(`${BOB} custom.one`);
    expect(postponed).toEqual([
      ['receipt of two', 4],
      ['receipt of three', 4],
    ]);
  });

  test('a dead one does not hold up those behind it', async () => {
    const broken = async (_id: string, keys: readonly string[]): Promise<readonly string[]> => {
      if (!keys.includes('custom.one')) return keys;
      throw new WixError({ operation: 'labelContact', kind: 'answer', status: 501 });
    };
    const { work, labelled, letters } = scene({ label: broken });
    const answer = await work([record('one', ADA, 'one'), record('two', ADA, 'two')], plenty);
    expect(answer.batchItemFailures).toEqual([]);
    expect(letters.map(({ reason }) => reason)).toEqual(['not-understood']);
    expect(labelled).toHaveLength(2);
  });
});

describe('what nobody foresaw', () => {
  const openSite = (): WixSite => {
    throw new TypeError('ada@example.com is not a function');
  };

  test('is tried again for an hour from when it first showed; the log holds no message', async () => {
    const { work, postponed, letters, pass } = scene({ openSite });
    const old = record('one', ADA, 'one', 3_600_000);
    expect((await work([old], plenty)).batchItemFailures).toEqual([{ itemIdentifier: 'one' }]);
    pass(3_599_999);
    expect((await work([old], plenty)).batchItemFailures).toHaveLength(1);
    expect(postponed.map(([receipt]) => receipt)).toEqual(['receipt of one', 'receipt of one']);
    expect(log.lines().slice(0, 2)).toMatchObject([
      { message: 'exception', error: 'TypeError', jobId: expect.any(String) },
      { message: 'job', outcome: 'retry', reason: 'exception' },
    ]);
    expect(JSON.stringify(log.lines())).not.toContain('ada@');
    pass(1);
    expect((await work([old], plenty)).batchItemFailures).toEqual([]);
    expect(letters).toMatchObject([{ reason: 'exception', attempts: 1 }]);
  });
});

test('an exception tells nothing of the site: the breaker stays as it is', async () => {
  // Prepare: the breaker opens, and its probe meets an exception.
  let status = 401;
  const label = async (): Promise<never> => {
    if (status === 0) throw new TypeError('unforeseen');
    throw new WixError({ operation: 'labelContact', kind: 'answer', status });
  };
  const { work, labelled, pass } = scene({ label });
  await work([record('one', ADA, 'one')], plenty);
  pass(30_000);
  status = 0;
  await work([record('one', ADA, 'one')], plenty);
  // Act: the next batch has two contacts.
  await work([record('one', ADA, 'one'), record('two', BOB, 'one')], plenty);
  // Assess: one of them was the probe, the other was not begun.
  expect(labelled).toHaveLength(3);
});

test('a job that later events left nothing of asks Wix nothing: the breaker stays as it is', async () => {
  let refuse = false;
  const label = async (_id: string, keys: readonly string[]): Promise<readonly string[]> => {
    if (refuse) throw new WixError({ operation: 'labelContact', kind: 'answer', status: 401 });
    return keys;
  };
  const { work, labelled, pass } = scene({ label });
  await work([record('one', ADA, 'one')], plenty);
  refuse = true;
  await work([record('two', BOB, 'one')], plenty);
  pass(30_000);
  const job = JSON.parse(record('three', ADA, 'one').body) as LabelJob;
  const cause = { ...job.cause, occurredAt: new Date(START - 6_000).toISOString() };
  const older = { ...record('three', ADA, 'one'), body: JSON.stringify({ ...job, cause }) };
  await work([older], plenty);
  await work([record('four', ADA, 'two'), record('five', BOB, 'two')], plenty);
  expect(labelled).toHaveLength(3);
});

describe('SQS in trouble', () => {
  const refuse = async (): Promise<never> => {
    throw new Error('ServiceUnavailable');
  };

  test('a dead letter that is not taken keeps its record', async () => {
    const label = async (): Promise<never> => {
      throw new WixError({ operation: 'labelContact', kind: 'answer', status: 501 });
    };
    const { work, letters, postponed } = scene({ label, deadLetter: refuse });
    const answer = await work([record('one', ADA, 'one')], plenty);
    expect(answer.batchItemFailures).toEqual([{ itemIdentifier: 'one' }]);
    expect(letters).toEqual([]);
    expect(postponed).toEqual([['receipt of one', 30]]);
  });

  test('a message that cannot be postponed is kept all the same', async () => {
    const { work } = scene({ label: failing, postpone: refuse });
    const answer = await work([record('one', ADA, 'one')], plenty);
    expect(answer.batchItemFailures).toEqual([{ itemIdentifier: 'one' }]);
    expect(log.lines().map(({ message }) => message)).toContain('not-postponed');
  });
});

test('an older event changes nothing where a later one had its say, and the log says it was late', async () => {
  const { work, labelled } = scene();
  await work([record('one', ADA, 'one')], plenty);
  const older = record('three', ADA, 'one');
  const job = JSON.parse(older.body) as LabelJob;
  const occurredAt = new Date(START - 60_000).toISOString();
  const removal = { ...job, add: [], remove: ['one'], cause: { ...job.cause, occurredAt } };
  await work([{ ...older, body: JSON.stringify(removal) }], plenty);
  expect(labelled).toHaveLength(1);
  expect(log.lines().at(-1)).toMatchObject({
    outcome: 'done',
    superseded: ['one'],
    lateSeconds: 60,
  });
});

test('a replayed dead letter is late, measured from when it was sent again', async () => {
  const { work } = scene();
  const replayed = record('one', ADA, 'one');
  replayed.attributes.SentTimestamp = `${START + 90_000}`;
  await work([replayed], plenty);
  expect(log.lines().at(-1)).toMatchObject({ outcome: 'done', added: ['one'], lateSeconds: 90 });
});

describe('a label earned again moments later', () => {
  const settled = (labelKeys: readonly string[], id = ADA): Scene => ({
    getContact: async () => ({
      id,
      createdDate: '',
      primaryEmail: undefined,
      primaryPhone: undefined,
      labelKeys,
    }),
  });

  test('costs a look and nothing that Wix would tell its automations of', async () => {
    const { work, labelled } = scene(settled(['custom.one']));
    await work([record('one', ADA, 'one')], plenty);
    await work([record('two', ADA, 'one')], plenty);
    expect(labelled).toHaveLength(1);
    expect(log.lines().at(-1)).toMatchObject({ outcome: 'done', added: [], settled: ['one'] });
  });

  test.each([
    ['taken off meanwhile by another worker or a person', settled([])],
    ['on another contact, which this one was merged into', settled(['custom.one'], BOB)],
    ['on nobody, the contact being gone', {}],
  ])('and %s is put again', async (_name, look) => {
    const { work, labelled } = scene(look);
    await work([record('one', ADA, 'one')], plenty);
    await work([record('two', ADA, 'one')], plenty);
    expect(labelled).toHaveLength(2);
  });
});
