import { describe, expect, test } from '@jest/globals';
import { loadSource } from '../../../lib/sources/authoring/load.ts';
import { FileError } from '../../../lib/yaml/problem.ts';

const GOOD = `title: Acme
docs: https://docs.example.com/webhooks
checked: 2026-11-28
setup: [Open the settings.]
secret: The signing secret of the webhook.
signed: { scheme: hmac, header: x-acme-signature }
event: { topic: type, id: id, time: at }
contact: { email: data.customer.email, name: data.customer.name }
events:
  order.paid:
    is: order.paid
    order: { id: data.id, total: { minor: data.total }, currency: data.currency, items: { each: data.items, title: name } }
  order.voided: { pass: nothing was paid }
samples:
  - topic: order.paid
    body:
      type: order.paid
      id: evt_1
      at: 2026-11-28T10:00:00Z
      data: { id: 7, total: 2990, currency: EUR, customer: { email: kim@example.com, name: Kim Example }, items: [{ name: Mug }] }
    expect: { is: order.paid, contact: { email: kim@example.com }, order: { total: 29.9, items: [{ title: Mug }] } }
  - topic: order.voided
    body: { type: order.voided, data: { id: 7 } }
    expect: { is: ignored }
`;

function problemsOf(text: string, name = 'acme'): readonly string[] {
  try {
    loadSource(text, name, 'acme.yml');
    return [];
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return error.message.split('\n').map((line) => line.replace('acme.yml:', ''));
  }
}

test('a good file has no problem', () => {
  expect(problemsOf(GOOD)).toEqual([]);
});

/** What is wrong, the change that makes it so, and each problem as `line:column: what, and what to do`. */
const MISTAKES: readonly [string, string | RegExp, string, string | readonly string[]][] = [
  [
    'a tab for indentation',
    '  order.paid:\n',
    '\torder.paid:\n',
    [
      '10:1: Tabs are not allowed as indentation',
      '13:1: this line is indented less than those above it: begin it where they begin',
    ],
  ],
  [
    'a topic that stands twice',
    '  order.voided: { pass: nothing was paid }',
    '  order.paid: { pass: nothing was paid }',
    '13:3: Map keys must be unique',
  ],
  [
    'a text with a comma that is not quoted',
    'nothing was paid }',
    'nothing was paid, yet }',
    '13:43: unknown key `yet`: quote a text that holds a comma',
  ],
  [
    'an unknown key at the top',
    'contact:',
    'contcat:',
    '8:1: unknown key `contcat`. Did you mean `contact`?',
  ],
  [
    'an unknown key of a section',
    'email: data.customer.email',
    'mail: data.customer.email',
    '8:12: unknown key `mail`. Did you mean `email`?',
  ],
  ['no title', 'title: Acme\n', '', '1:1: `title` is missing'],
  ['nothing about the secret', /secret:.*\n/, '', '1:1: `secret` is missing'],
  [
    'a day that is none',
    'checked: 2026-11-28',
    'checked: 28.11.2026',
    '3:10: must be a day, as in 2026-11-28',
  ],
  [
    'an address that is none',
    'https://docs.example.com/webhooks',
    'docs.example.com',
    '2:7: must be an address that begins with https://',
  ],
  [
    'a text where a list is wanted',
    'setup: [Open the settings.]',
    'setup: Open the settings.',
    '4:8: must be a list, and is a text',
  ],
  [
    'an unknown proof',
    'scheme: hmac',
    'scheme: hmacc',
    '6:19: `hmacc` is none of what can stand there. Did you mean `hmac`? There are hmac, standard-webhooks, jwt, bearer, header, basic, path, query, field, paypal',
  ],
  ['a proof without its scheme', 'scheme: hmac, ', '', '6:9: `scheme` is missing'],
  [
    'a header in capitals',
    'x-acme-signature',
    'X-Acme-Signature',
    '6:33: write the name of the header in lower case, without a colon',
  ],
  ['a proof without its header', ', header: x-acme-signature', '', '6:9: `header` is missing'],
  [
    'an unknown encoding',
    'x-acme-signature }',
    'x-acme-signature, encoding: b64 }',
    '6:61: `b64` is none of hex, base64, base64url',
  ],
  [
    'an unknown hash',
    'x-acme-signature }',
    'x-acme-signature, hash: md5 }',
    '6:57: `md5` is none of sha256, sha1, sha512',
  ],
  [
    'an unknown piece of what is signed',
    'x-acme-signature }',
    'x-acme-signature, over: [raw] }',
    '6:58: must be `body`, `time`, `url`, `method`, `header NAME`, `field PATH`, or a text without a letter',
  ],
  [
    'a signed time that stands nowhere',
    'x-acme-signature }',
    'x-acme-signature, over: [time, ., body] }',
    '6:57: `over` names `time`: say in which header it stands (`time`, or `parts.time`)',
  ],
  [
    'a signature of nothing in the body',
    'x-acme-signature }',
    'x-acme-signature, over: [url] }',
    '6:57: nothing of the body is signed: name `body`, or a `field` of it',
  ],
  [
    'one piece where a list is wanted',
    'x-acme-signature }',
    'x-acme-signature, over: body }',
    '6:57: must be a list, and is a text',
  ],
  [
    'a tolerance of nothing',
    'x-acme-signature }',
    'x-acme-signature, tolerance: 0 }',
    '6:62: must be a whole number of seconds from 1 to 86400',
  ],
  [
    'an unknown key of a proof',
    'x-acme-signature }',
    'x-acme-signature, prefx: sha256= }',
    '6:51: unknown key `prefx`. Did you mean `prefix`?',
  ],
  [
    'the second of two proofs',
    '{ scheme: hmac, header: x-acme-signature }',
    '[{ scheme: bearer }, { scheme: header }]',
    '6:30: `header` is missing',
  ],
  [
    'JSONPath',
    'data.customer.email',
    '$.data.customer.email',
    '8:19: `$.data.customer.email` is JSONPath: write the path alone, as in data.customer.email',
  ],
  [
    'a number in brackets, in a line',
    'data.customer.email',
    'data.emails[0].value',
    [
      '8:30: Unexpected flow-seq-start at node end. Put the whole value in quotes, or below a `|`',
      '8:32: Flow map in block collection must be sufficiently indented and end with a }',
    ],
  ],
  [
    'a number in brackets',
    'contact: { email: data.customer.email, name: data.customer.name }',
    'contact:\n  email: data.emails[0].value',
    '9:10: `data.emails[0].value`: write an element of a list by its number, as in data.emails.0.value',
  ],
  [
    'all elements',
    'contact: { email: data.customer.email, name: data.customer.name }',
    'contact:\n  email: data.emails[*].value',
    '9:10: `data.emails[*].value` is several values: say which with { find: …, take: … }, or all with { each: … }',
  ],
  [
    'all elements, in a line',
    'data.customer.email',
    'data.emails[*].value',
    [
      '8:30: Unexpected flow-seq-start at node end. Put the whole value in quotes, or below a `|`',
      '8:32: Flow map in block collection must be sufficiently indented and end with a }',
    ],
  ],
  [
    'a template',
    'email: data.customer.email',
    "email: '{{data.customer.email}}'",
    '8:19: `{{data.customer.email}}` is a template: write the path alone, as in data.email',
  ],
  [
    'a header as a path',
    'topic: type',
    'topic: headers.x-topic',
    '7:17: `headers.x-topic`: write a header as `header x-topic`',
  ],
  [
    'a header of a place in capitals',
    'topic: type',
    'topic: header X-Topic',
    '7:17: `header X-Topic`: write the name of a header in lower case after one blank, as in `header x-topic`',
  ],
  [
    'a slash outside of a list',
    'data.customer.email',
    '/data.customer.email',
    '8:19: `/data.customer.email`: a path begins at the body here: take the / away',
  ],
  [
    'two dots',
    'data.customer.email',
    'data..email',
    '8:19: `data..email` has a dot without a name beside it',
  ],
  [
    'blanks around a place',
    'email: data.customer.email',
    "email: ' data.customer.email'",
    '8:19: ` data.customer.email` has blanks around it: take them away',
  ],
  [
    'a number where a place is wanted',
    'email: data.customer.email',
    'email: 5',
    "8:19: must be a text or a mapping (key: value), and is a number: quote it, '5'",
  ],
  [
    'a misspelt form',
    '{ minor: data.total }',
    '{ minnor: data.total }',
    '12:36: unknown key `minnor`. Did you mean `minor`?',
  ],
  [
    'a form of amounts for a text',
    'email: data.customer.email',
    'email: { minor: data.total }',
    '8:21: unknown key `minor`. The keys are constant, find, when, same, take, join, with, of, table',
  ],
  [
    'a form without a part',
    'email: data.customer.email',
    'email: { find: data.emails }',
    '8:19: `take` is missing',
  ],
  [
    'a join of one',
    'name: data.customer.name',
    'name: { join: [data.customer.name] }',
    '8:54: must have 2 or more in the list',
  ],
  [
    'minor units without a currency',
    ', currency: data.currency',
    '',
    '12:12: `minor` needs the `currency`: say where it stands, or { constant: USD }',
  ],
  [
    'items without their form',
    '{ each: data.items, title: name }',
    'data.items',
    '12:89: must be a mapping (key: value) or a list, and is a text',
  ],
  [
    'an unknown key of an item',
    'title: name',
    'titel: name',
    '12:109: unknown key `titel`. Did you mean `title`?',
  ],
  ['an order without an id', '{ id: data.id, total', '{ total', '12:12: `id` is missing'],
  [
    'an order event without an order',
    / {4}order: .*\n/,
    '',
    '11:9: order.paid needs an `order`, here or at the top: its `id` at least',
  ],
  [
    'an unknown type',
    'is: order.paid\n',
    'is: order.payed\n',
    '11:9: `order.payed` is none of what can stand there. Did you mean `order.paid`? There are order.created, order.paid, order.fulfilled, order.canceled, order.refunded, order.partially_refunded, checkout.abandoned, payment.failed, customer.created, customer.updated, consent.given, consent.withdrawn, subscription.started, subscription.renewed, subscription.changed, subscription.paused, subscription.resumed, subscription.will_end, subscription.canceled, booking.created, booking.canceled, form.submitted, custom',
  ],
  [
    'a topic that is passed over and has a type',
    '{ pass: nothing was paid }',
    '{ pass: nothing was paid, is: custom }',
    '13:17: say what it is: `is` with a type, or `pass` with the reason, and not both',
  ],
  [
    'a topic without a meaning',
    '{ pass: nothing was paid }',
    '{ when: { data.id: 7 } }',
    '13:17: say what it is: `is` with a type, or `pass` with the reason, and not both',
  ],
  [
    'a meaning that is never reached',
    '{ pass: nothing was paid }',
    '[{ pass: nothing was paid }, { when: { data.id: 7 }, pass: x }]',
    '13:18: the meanings after this one are never reached: give it a `when`, or put it last',
  ],
  [
    'a condition that is a place',
    '{ pass: nothing was paid }',
    '{ when: data.id, pass: x }',
    '13:25: must be a mapping (key: value), and is a text',
  ],
  [
    'given that is neither true nor false',
    '{ pass: nothing was paid }',
    '{ when: { data.id: { given: maybe } }, pass: x }',
    '13:45: must be true or false, and is a text',
  ],
  [
    'a topic without a sample',
    / {2}- topic: order.voided.*$/s,
    '',
    '13:3: `order.voided` has no sample: add one under `samples`',
  ],
  [
    'a sample of an unknown topic',
    'topic: order.voided',
    'topic: order.void',
    [
      '13:3: `order.voided` has no sample: add one under `samples`',
      '22:12: there is no `order.void` under `events`. Did you mean `order.voided`?',
    ],
  ],
  [
    'a sample without a body',
    '    body: { type: order.voided, data: { id: 7 } }\n',
    '',
    '22:5: a sample has a `body` (JSON) or a `form`, and not both',
  ],
  [
    'a sample with two bodies',
    '    body: { type: order.voided, data: { id: 7 } }\n',
    '    body: { type: order.voided }\n    form: { type: order.voided }\n',
    '22:5: a sample has a `body` (JSON) or a `form`, and not both',
  ],
  [
    'a sample of another type',
    'expect: { is: order.paid,',
    'expect: { is: order.created,',
    '21:19: the sample is read as order.paid, where order.created is expected',
  ],
  [
    'a sample with another value',
    'total: 29.9',
    'total: 2990',
    '21:84: `order.total` is read as 29.9, where 2990 is expected',
  ],
  [
    'a sample without the value',
    'contact: { email: kim@example.com }, order',
    'contact: { email: kim@example.com, phone: "1" }, order',
    '21:73: `contact.phone` is not found, where "1" is expected',
  ],
  [
    'an unknown key of what is expected',
    'expect: { is: ignored }',
    'expect: { si: ignored }',
    [
      '24:13: `is` is missing',
      '24:15: unknown key `si`. The keys are is, incomplete, id, occurredAt, test, tags, contact, order, subscription, form',
    ],
  ],
  [
    'a sample that is ignored',
    'expect: { is: ignored }',
    'expect: { is: order.canceled }',
    '24:13: the sample of `order.voided` is ignored: nothing was paid',
  ],
  [
    'a sample whose body has another topic',
    'type: order.paid\n',
    'type: order.voided\n',
    '21:19: the sample is read as ignored, where order.paid is expected',
  ],
  [
    'a sample whose body has no topic',
    'type: order.paid\n',
    'typ: order.paid\n',
    '21:13: the sample of `order.paid` is not read: it has no topic, which Acme sends in `type`',
  ],
  [
    'an alias of nothing',
    'data.customer.email',
    '*nobody',
    '8:19: Unresolved alias (the anchor must be set before the alias): nobody',
  ],
  ['no topic at all', /events:.*samples:/s, 'events: {}\nsamples:', '9:9: name one topic at least'],
  [
    'a sample of an event that is complete',
    'expect: { is: order.paid,',
    'expect: { is: order.paid, incomplete: true,',
    '21:43: the event of the sample does not say `incomplete`',
  ],
  [
    'a form where a place is wanted',
    'email: data.customer.email',
    'acceptsMarketing: { table: {} }',
    '8:30: must be a text, and is a mapping (key: value): quote a text that holds ": "',
  ],
];

test.each(MISTAKES)('%s', (_, found, replacement, problems) => {
  const broken = GOOD.replace(found, replacement);
  expect(broken).not.toBe(GOOD);
  expect(problemsOf(broken)).toEqual([problems].flat());
});

test('an empty file', () => {
  expect(problemsOf('# nothing')).toEqual([
    '1:1: the file is empty: it needs the description of a source',
  ]);
});

describe('the name of a file', () => {
  test.each(['Acme', '9acme', 'a--b', 'acme-', 'a_b', 'a'.repeat(41)])('%s is none', (name) => {
    expect(problemsOf(GOOD, name)).toEqual([
      `1:1: "${name}" is no name of a source: small letters and digits, with single dashes between, 40 characters at most`,
    ]);
  });

  test.each(['unknown', 'described'])('%s is taken by log and metrics', (name) => {
    expect(problemsOf(GOOD, name)).toEqual([
      `1:1: "${name}" has a meaning of its own in the log and the metrics: give the file another name`,
    ]);
  });

  test('ends in .yml alone', () => {
    expect(problemsOf(GOOD, 'acme.yaml')).toEqual([
      "1:1: the name of a source's file ends in .yml: rename it",
    ]);
  });

  test('a source in code keeps its name', () => {
    expect(problemsOf(GOOD, 'shopify')).toEqual([
      '1:1: shopify is a source in code: give the file another name',
    ]);
  });
});

test('several mistakes are named at once, in the order of the file', () => {
  const broken = GOOD.replace('title: Acme', 'titel: Acme').replace('is: order.paid', 'is: paid');
  expect(problemsOf(broken).map((line) => line.split(':', 2).join(':'))).toEqual([
    '1:1',
    '1:1',
    '11:9',
  ]);
});
