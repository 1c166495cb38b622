import { describe, expect, test } from '@jest/globals';
import { createPaint, renderLine } from '../../engine/screen.ts';
import { printed } from '../../terminal/writer.ts';

const plain = createPaint(false);
const emailOf = (id: string) => (id.startsWith('1f3c') ? 'ada@example.com' : undefined);
const renderEntry = (entry: object, paint = plain) =>
  renderLine('label', JSON.stringify(entry), paint, emailOf);

const JOB = { level: 'info', message: 'job', source: 'shopify', topic: 'orders/paid' };
const DELIVERY = { level: 'info', message: 'delivery', source: 'stripe' };
const CONTACT = '1f3c0000-0000-4000-8000-000000000000';

describe('a job', () => {
  test.each<[string, object, string]>([
    [
      'done',
      { outcome: 'done', contactId: CONTACT, added: ['Customer', 'Bought Lamp'], removed: [] },
      'shopify orders/paid → Customer, Bought Lamp → contact 1f3c0000… (ada@example.com)',
    ],
    [
      'that took labels away',
      { outcome: 'done', contactId: CONTACT, added: [], removed: ['Customer'] },
      'shopify orders/paid → without Customer → contact 1f3c0000… (ada@example.com)',
    ],
    [
      'with nothing to do, on a contact that is not known here',
      { outcome: 'done', contactId: 'ffff', added: [], removed: [] },
      'shopify orders/paid → nothing to change → contact ffff…',
    ],
    [
      'that an earlier event had done',
      { outcome: 'done', contactId: 'ffff', added: [], removed: [], inPlace: ['Customer', 'VIP'] },
      'shopify orders/paid → Customer, VIP as before → contact ffff…',
    ],
    [
      'that put standing labels',
      { outcome: 'done', contactId: CONTACT, added: ['VIP'], removed: ['Lapsed'], facts: 1 },
      'shopify orders/paid → VIP, without Lapsed → contact 1f3c0000… (ada@example.com)',
    ],
    [
      'that only brought facts',
      { outcome: 'done', contactId: CONTACT, added: [], removed: [], facts: 1 },
      'shopify orders/paid → remembered → contact 1f3c0000… (ada@example.com)',
    ],
    [
      'that only brought facts, of nobody yet',
      { outcome: 'done', reason: 'no-such-contact', facts: 1 },
      'shopify orders/paid → remembered until there is such a contact',
    ],
    [
      'that looked at a contact in vain',
      { topic: 'review.due', source: 'earmark', outcome: 'done', contactId: 'ffff', facts: 0 },
      'earmark review.due → nothing to change → contact ffff…',
    ],
    [
      'for nobody',
      { outcome: 'done', reason: 'no-such-contact', added: [], removed: [] },
      'shopify orders/paid → nothing done: no-such-contact',
    ],
    [
      'to be tried again',
      {
        outcome: 'retry',
        reason: 'throttled',
        delaySeconds: 7,
        operation: 'labelContact',
        httpStatus: 429,
      },
      'shopify orders/paid → again in 7 s: throttled (labelContact 429)',
    ],
    [
      'that became a dead letter',
      {
        outcome: 'dead-letter',
        reason: 'labels-quota-reached',
        detail: 'The site has 9 of 9 labels.',
      },
      'shopify orders/paid → dead letter: labels-quota-reached. The site has 9 of 9 labels.',
    ],
  ])('%s', (_, fields, text) => {
    expect(renderEntry({ ...JOB, ...fields })).toBe(text);
  });
});

test('a standing label that could not be decided is shown with the reason', () => {
  const reason = 'an order of thrivecart has no total';
  const entry = { ...JOB, message: 'standing-undecided', definition: 'label:VIP', reason };
  expect(renderEntry(entry)).toBe(`shopify orders/paid → undecided: VIP: ${reason}`);
});

describe('a delivery', () => {
  test.each<[object, string | undefined]>([
    [{ status: 'queued', topic: 'charge.refunded', httpStatus: 200 }, undefined],
    [
      { status: 'queued', topic: 'charge.refunded', failedRules: 'rule-failed: "b": no such key' },
      'stripe charge.refunded → dead letter: rule-failed: "b": no such key',
    ],
    [
      { status: 'duplicate', topic: 'charge.refunded', httpStatus: 200 },
      'stripe charge.refunded → duplicate',
    ],
    [
      { status: 'ignored', topic: 'invoice.created', httpStatus: 200, reason: 'no rule matched' },
      'stripe invoice.created → ignored: no rule matched',
    ],
    [
      { status: 'refused', httpStatus: 401, reason: 'the signature does not match' },
      'stripe → refused (401): the signature does not match',
    ],
    [
      { status: 'dead-letter', httpStatus: 200, reason: 'rule-failed: "VIP"' },
      'stripe → dead-letter: rule-failed: "VIP"',
    ],
    [
      { status: 'unavailable', httpStatus: 503, error: 'TimeoutError' },
      'stripe → unavailable (503): TimeoutError',
    ],
  ])('%j', (fields, text) => {
    expect(renderEntry({ ...DELIVERY, ...fields })).toBe(text);
  });
});

describe('any other line', () => {
  test.each([
    ['', undefined],
    ['{"level":"info","message":"breaker","state":"closed"}', undefined],
    ['{"message":"metrics","FunctionName":"f","Labelled":1,"_aws":{"Timestamp":1}}', undefined],
    [
      '{"time":"t","level":"error","message":"breaker","state":"open"}',
      'label: breaker {"state":"open"}',
    ],
    [
      '{"level":"error","message":"breaker","BreakerOpen":1,"_aws":{"Timestamp":1}}',
      'label: breaker {"BreakerOpen":1}',
    ],
    ['Error: oh', 'label: Error: oh'],
    ['null', 'label: null'],
  ])('%s', (line, text) => {
    expect(renderLine('label', line, plain, emailOf)).toBe(text);
  });
});

test('colours are for terminals', () => {
  const dead = { ...JOB, outcome: 'dead-letter', reason: 'bad-request' };

  expect(printed(renderEntry(dead, createPaint(true)) ?? '')).toContain('\x1b[31m');
  expect(printed(renderEntry(dead) ?? '')).not.toContain('\x1b');
});
