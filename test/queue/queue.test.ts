import type { MessageAttributeValue, SendMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type DeadLetterInfo,
  deadJob,
  deadLetterAttributes,
  deadMessage,
} from '../../lib/queue/dead-letter.ts';
import { groupOf, jobId } from '../../lib/queue/identity.ts';
import { isReversible, LabelJob } from '../../lib/queue/job.ts';
import { deadDelivery } from '../../lib/queue/kept-delivery.ts';
import { attributeText, MESSAGE_LIMIT_BYTES, messageBody } from '../../lib/queue/message.ts';
import { createQueue, type QueueOptions } from '../../lib/queue/queue.ts';
import { digest } from '../../lib/runtime/digest.ts';
import { codeSources } from '../../lib/sources/index.ts';
import { aJob, START } from '../support/jobs.ts';
import { readOurs } from '../support/read-ours.ts';

/** What SQS refuses in a body or an attribute. */
const REFUSED = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

const anyText = fc.string({ unit: 'binary' });

/** As SQS counts them: name, type and value. */
const bytesOf = (attributes: Record<string, MessageAttributeValue>): number =>
  Object.entries(attributes).reduce(
    (sum, [name, { DataType = '', StringValue = '' }]) =>
      sum + Buffer.byteLength(name + DataType + StringValue),
    0,
  );

describe('text for SQS', () => {
  test('any value goes and comes back, in characters that SQS takes', () => {
    fc.assert(
      fc.property(fc.dictionary(anyText, anyText), (value) => {
        const body = messageBody(value);
        expect(body).not.toMatch(REFUSED);
        expect(JSON.parse(body)).toEqual(value);
      }),
    );
    expect(messageBody('\uFFFE\uFFFF')).toBe('"\\ufffe\\uffff"');
  });

  test('an attribute holds no refused character and is not too long', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        const value = attributeText(text, 20);
        expect(value).not.toMatch(REFUSED);
        expect(value.length).toBeLessThanOrEqual(20);
        expect(value.isWellFormed()).toBe(true);
      }),
    );
    expect(attributeText('a\u0000\uFFFF')).toBe('a\uFFFD\uFFFD');
    expect(attributeText('12345😀', 6)).toBe('12345\uFFFD');
  });
});

describe('identity', () => {
  test('parts do not run into each other', () => {
    expect(digest('ab', 'c')).not.toBe(digest('a', 'bc'));
    expect(jobId('s', 'custom', 'e', undefined)).not.toBe(jobId('s', 'stripe', 'e', undefined));
    expect(jobId('s', 'shopify', 'e', Buffer.from('a'))).not.toBe(
      jobId('s', 'shopify', 'e', Buffer.from('b')),
    );
  });

  test.each([
    ['the e-mail in any case', { email: 'Ada@Example.com' }, { email: 'ada@example.com' }, true],
    ['a phone however written', { phone: '+1 (555) 0001' }, { phone: '+15550001' }, true],
    ['the contact id wins', { contactId: 'A', email: 'x' }, { contactId: 'a', email: 'y' }, true],
    ['another person', { email: 'ada@example.com' }, { email: 'bob@example.com' }, false],
    ['another kind of id', { contactId: 'a' }, { memberId: 'a' }, false],
  ])('one group: %s', (_name, one, other, same) => {
    const [a, b] = [one, other].map((contact) => groupOf({ site: 's', contact }));
    expect(a === b).toBe(same);
    expect(groupOf({ site: 't', contact: one })).not.toBe(a);
  });
});

describe('a job', () => {
  test.each([
    ['another version', { v: 2 }],
    ['no site', { site: '' }],
    ['a label name over 180', { add: ['x'.repeat(181)] }],
    ['an empty label name', { remove: [''] }],
    ['a contact id that is none', { contact: { contactId: '../labels' } }],
    ['an unknown policy', { missing: 'maybe' }],
    ['an id that is no hash', { id: 'abc' }],
  ])('%s is not read', (_name, change) => {
    expect(LabelJob.safeParse(aJob()).success).toBe(true);
    expect(LabelJob.safeParse({ ...aJob(), ...change }).success).toBe(false);
  });
});

describe('a name in a job', () => {
  test.each([
    ['in the list', ['VIP', 'Gold'], true],
    ['not in the list', ['vip'], false],
    ['of an empty list', [], false],
    ['of a job that has no list', undefined, true],
  ])('%s: another job may undo what it does, or not', (_name, reversible, expected) => {
    const job = LabelJob.parse({ ...aJob(), reversible });
    expect(isReversible(job, 'VIP')).toBe(expected);
  });
});

describe('dead letters', () => {
  test('carry every fact there is, in ten attributes at the most', () => {
    const deadLetter = deadJob(aJob(), {
      reason: 'unexpected-response',
      detail: 'x'.repeat(2_000),
      operation: 'labelContact',
      httpStatus: 501,
      wixCode: 'C',
      wixRequestId: 'r',
      receives: 2,
      firstTriedAt: '2026-11-21T12:00:00.000Z',
      lastTriedAt: '2026-11-21T12:00:00.000Z',
    });
    const attributes = deadLetterAttributes(deadLetter);
    expect(Object.keys(attributes)).toHaveLength(10);
    expect(attributes.detail?.StringValue).toHaveLength(1_000);
    expect(attributes.httpStatus).toEqual({ DataType: 'Number', StringValue: '501' });
    expect(deadLetterAttributes({ reason: 'transient', detail: '' })).toEqual({
      reason: { DataType: 'String', StringValue: 'transient' },
    });
  });

  test('fit SQS however large a message that is no job is, with as much of the facts as there is room', async () => {
    const sent: SendMessageCommand['input'][] = [];
    const client = {
      async send({ input }: SendMessageCommand) {
        sent.push(input);
        return {};
      },
    } as unknown as QueueOptions['client'];
    const queue = createQueue({ client, queueUrl: 'q', deadLetterQueueUrl: 'd' });
    const REASON_BYTES = 'reasonStringinvalid-job'.length;
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: 9_000 }),
        fc.string({ unit: 'binary' }),
        async (room, text) => {
          const body = 'x'.repeat(MESSAGE_LIMIT_BYTES - room);
          const info = { reason: 'invalid-job' as const, detail: text.repeat(9), receives: 3 };
          await queue.deadLetter(deadMessage(body, 'g', 'm', info));
          const { MessageBody = '', MessageAttributes = {} } = sent.pop() ?? {};
          expect(MessageBody).toBe(body);
          expect(MessageBody.length + bytesOf(MessageAttributes)).toBeLessThanOrEqual(
            MESSAGE_LIMIT_BYTES,
          );
          const { reason, detail } = MessageAttributes;
          expect(reason?.StringValue).toBe(room < REASON_BYTES ? undefined : 'invalid-job');
          expect(attributeText(text.repeat(9))).toContain(detail?.StringValue ?? '');
          if (room > 8_000 && text !== '')
            expect(detail?.StringValue).toBe(attributeText(text.repeat(9)));
        },
      ),
    );
  });

  test('of one job are one when it is processed twice, and two when it is given up twice', () => {
    const why: DeadLetterInfo = { reason: 'transient', firstTriedAt: '2026-11-21T12:00:00.000Z' };
    const id = (info: typeof why): string => deadJob(aJob(), info).deduplication;
    expect(id(why)).toBe(id({ ...why }));
    expect(id(why)).not.toBe(id({ ...why, reason: 'exception' }));
    expect(id(why)).not.toBe(id({ ...why, firstTriedAt: '2026-11-22T12:00:00.000Z' }));
    expect(deadJob(aJob(), why).group).toBe(groupOf(aJob()));
  });

  test('of deliveries keep that there was a signature, secret or cookie, and not which', () => {
    const headers = {
      authorization: 'a',
      cookie: 'b',
      'x-webhook-secret': 'c',
      'x-shopify-hmac-sha256': 'd',
      'stripe-signature': 'e',
      'x-shopify-topic': 'orders/paid',
    };
    const delivery = { headers, body: Buffer.from('{'), receivedAt: START };
    const deadLetter = deadDelivery({
      source: 'shopify',
      delivery,
      id: 'id',
      info: { reason: 'unreadable' },
    });
    expect(JSON.parse(deadLetter?.body ?? '').eventId).toBe('id');
    expect(JSON.parse(deadLetter?.body ?? '').headers).toEqual({
      authorization: '',
      cookie: '',
      'x-webhook-secret': '',
      'x-shopify-hmac-sha256': '',
      'stripe-signature': '',
      'x-shopify-topic': 'orders/paid',
    });
  });

  test('of Standard Webhooks are read as the event they were, by either name of the headers', () => {
    const readId = (family: string): unknown => {
      const own = { [`${family}-id`]: 'msg_own', [`${family}-signature`]: 'v1,abc' };
      const headers = { 'webhook-id': 'msg_other', 'svix-id': 'msg_other', ...own };
      const body = Buffer.from('{"type":"custom","data":{"email":"a@b.example"}}');
      const delivery = { headers, body, receivedAt: START };
      const deadLetter = deadDelivery({
        source: 'standard-webhooks',
        delivery,
        id: 'id',
        info: { reason: 'rule-failed' },
      });
      const kept = JSON.parse(deadLetter?.body ?? '');
      const reading = readOurs(codeSources['standard-webhooks'], {
        ...delivery,
        headers: kept.headers,
      });
      return reading.kind === 'events' && reading.events[0].id;
    };
    expect([readId('webhook'), readId('svix')]).toEqual(['msg_own', 'msg_own']);
  });

  test('of a body that JSON would blow up beyond the limit are gzipped', () => {
    const body = Buffer.from('"'.repeat(700_000));
    const delivery = { headers: {}, body, receivedAt: START };
    const deadLetter = deadDelivery({
      source: 'custom',
      delivery,
      id: 'id',
      info: { reason: 'unreadable' },
    });
    expect(JSON.parse(deadLetter?.body ?? '').encoding).toBe('gzip');
    expect(Buffer.byteLength(deadLetter?.body ?? '')).toBeLessThan(MESSAGE_LIMIT_BYTES);
  });
});

describe('postponing', () => {
  test.each([
    [0.2, 1],
    [-5, 0],
    [99_999, 42_900],
  ])(
    '%d s is asked for as %i: whole seconds within the 12 h that SQS allows',
    async (asked, sent) => {
      const inputs: { VisibilityTimeout?: number }[] = [];
      const client = {
        send: async ({ input }: { input: object }) => {
          inputs.push(input);
          return {};
        },
      } as never;
      const queue = createQueue({ client, queueUrl: 'q', deadLetterQueueUrl: 'd' });
      await queue.postpone('r', asked);
      expect(inputs).toEqual([{ QueueUrl: 'q', ReceiptHandle: 'r', VisibilityTimeout: sent }]);
    },
  );
});
