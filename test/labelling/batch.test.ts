import { describe, expect, test } from '@jest/globals';
import {
  byContact,
  cutOff,
  groupOf,
  type JobMessage,
  jobsTogether,
  type QueueMessage,
  readMessage,
} from '../../lib/labelling/batch.ts';
import type { LabelJob } from '../../lib/queue/job.ts';
import { ADA, BOB, jobOf } from '../support/jobs-stage.ts';
import { recordOf } from '../support/records.ts';

/** What is known of contacts: who has this e-mail. */
const KNOWN: Readonly<Record<string, string>> = { 'ada@e.com': ADA, 'ada@work.com': ADA };
const contactOf = ({ contact }: LabelJob): string | undefined =>
  KNOWN[contact.email ?? ''] ?? contact.contactId;

const message = (id: string, contact: LabelJob['contact'], over: Partial<LabelJob> = {}) =>
  readMessage(recordOf(id, jobOf({ contact, ...over })), contactOf);
const noJob = (id: string, group = 'raw') =>
  readMessage(recordOf(id, '{"v":2}', { group }), contactOf);
const names = (messages: readonly { record: { messageId: string } }[] = []) =>
  messages.map(({ record }) => record.messageId).join(' ');

describe('a message', () => {
  test('is read with its job and the contact, where that is known', () => {
    const job = jobOf({ contact: { email: 'ada@e.com' } });
    const record = recordOf('1', job);
    expect(readMessage(record, contactOf)).toEqual({ record, job, contactId: ADA });
    const unknown = readMessage(recordOf('2', jobOf({ contact: { email: 'x' } })), contactOf);
    expect(unknown).toMatchObject({ contactId: undefined });
  });

  test('of an older receiver names nobody by what is nobody’s, nor by what nobody sees', () => {
    const contact = { email: '\u200bAda@e.com', phone: '000 000 0000' };
    const { job } = readMessage(recordOf('1', jobOf({ contact })), () => undefined);
    expect(job?.contact).toEqual({ email: 'Ada@e.com' });
  });

  test.each([
    ['no JSON', 'hello', ['the message']],
    ['of another version', JSON.stringify({ ...jobOf(), v: 3 }), ['v']],
    ['of version 2 and without facts', JSON.stringify({ ...jobOf(), v: 2 }), ['facts']],
    [
      'with a hole',
      JSON.stringify({ ...jobOf(), cause: { ...jobOf().cause, topic: 1 } }),
      ['cause.topic'],
    ],
  ])('that is %s says what makes it no job', (_name, body, problems) => {
    const record = recordOf('1', body);
    expect(readMessage(record, contactOf)).toEqual({ record, problems });
  });

  test('is of its group, or else alone', () => {
    expect(groupOf(recordOf('1', jobOf(), { group: 'g' }))).toBe('g');
    const record = recordOf('1', jobOf());
    delete record.attributes.MessageGroupId;
    expect(groupOf(record)).toBe('1');
  });
});

describe('the messages of a batch by contact', () => {
  test('are lists in the order of the queue; groups known to be one contact are one', () => {
    const messages = [
      message('1', { email: 'ada@e.com' }),
      message('2', { email: 'new@e.com' }),
      message('3', { contactId: BOB }),
      message('4', { contactId: ADA }),
      message('5', { email: 'other@e.com' }),
      message('6', { email: 'ada@work.com' }),
      message('7', { email: 'new@e.com' }),
    ];
    expect(byContact(messages).map(names)).toEqual(['1 4 6', '2 7', '3', '5']);
  });

  test('keep what is no job in its group', () => {
    const group = recordOf('1', jobOf({ contact: { email: 'x' } })).attributes.MessageGroupId;
    const messages = [message('1', { email: 'x' }), noJob('2', group), noJob('3'), noJob('4')];
    expect(byContact(messages).map(names)).toEqual(['1 2', '3 4']);
  });

  test('keep the same id at two sites apart', () => {
    const messages = [
      message('1', { contactId: ADA }),
      message('2', { contactId: ADA }, { site: 'another' }),
    ];
    expect(byContact(messages)).toHaveLength(2);
  });

  test('keep a contact and a group of the same name apart', () => {
    const messages = [
      readMessage(recordOf('1', jobOf(), { group: 'a' }), () => 'b'),
      readMessage(recordOf('2', jobOf({ site: 's' }), { group: `s b` }), () => undefined),
      readMessage(recordOf('3', jobOf({ site: 's' }), { group: 'c' }), () => 'b'),
    ];
    expect(byContact(messages)).toHaveLength(3);
  });
});

describe('jobs that can be done together', () => {
  const togetherNames = ([first, ...others]: readonly QueueMessage[]) =>
    names(jobsTogether(first as JobMessage, others));

  test('are all jobs of one known contact, however they name it', () => {
    expect(
      togetherNames([
        message('1', { email: 'ada@e.com' }),
        message('2', { contactId: ADA }, { missing: 'ignore' }),
        message('3', { email: 'ada@work.com' }),
      ]),
    ).toBe('1 2 3');
  });

  test('are of an unknown contact those that name it alike, and want the same if it is missing', () => {
    const contact = { email: 'x', firstName: 'X' };
    expect(togetherNames([message('1', contact), message('2', { ...contact })])).toBe('1 2');
    expect(togetherNames([message('1', contact), message('2', { email: 'x' })])).toBe('1');
    expect(
      togetherNames([message('1', contact), message('2', contact, { missing: 'create' })]),
    ).toBe('1');
  });

  test('end before what is no job', () => {
    const [one, two] = [message('1', { email: 'x' }), message('3', { email: 'x' })];
    expect(togetherNames([one, noJob('2'), two])).toBe('1');
  });
});

describe('the contact at the end of a batch', () => {
  /** Contacts with so many messages each. */
  const contacts = (counts: readonly number[], receives = 1) =>
    counts.map((count, at) =>
      Array.from({ length: count }, (_, n) =>
        readMessage(recordOf(`${at} ${n}`, jobOf(), { receives }), contactOf),
      ),
    );
  const isSetBack = (counts: readonly number[], receives?: number): boolean => {
    const all = contacts(counts, receives);
    const cut = cutOff(all);
    if (cut) expect(cut).toBe(all.at(-1));
    return cut !== undefined;
  };

  test.each([
    ['is set back where it may go on in the next batch', [7, 3], true],
    ['whatever is before it', [6, 3, 1], true],
    ['whatever is before it: not one that is worth a call', [5, 1, 4], false],
    ['not where it is worth a call of its own', [6, 4], false],
    ['not where the batch is not full', [6, 3], false],
    ['not where it is the only one', [10], false],
    ['also in a batch of more', [9, 2], true],
  ])('%s', (_name, counts, expected) => {
    expect(isSetBack(counts)).toBe(expected);
  });

  test('not for ever: three receives at most', () => {
    expect(isSetBack([9, 1], 3)).toBe(true);
    expect(isSetBack([9, 1], 4)).toBe(false);
    const [many = [], last = []] = contacts([9, 1]);
    const [old = []] = contacts([1], 4);
    expect(cutOff([many, [...last, ...old]])).toBeUndefined();
  });

  test('of no batch there is none', () => {
    expect(cutOff([])).toBeUndefined();
  });
});
