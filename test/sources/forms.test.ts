import { describe, expect, test } from '@jest/globals';
import { custom } from '../../lib/sources/custom.ts';
import { emailAsked } from '../../lib/sources/flat/flat-contact.ts';
import { readEmail } from '../../lib/sources/payload/fields.ts';
import { readOurs } from '../support/read-ours.ts';
import { deliver, only } from './fixtures.ts';

const read = (body: unknown) => only(readOurs(custom, deliver(body, {})));
const kim = { email: 'kim@b.example', firstName: 'Kim', lastName: 'Lee' };
const answers = (label: string, value: string) => [
  { [label]: 'Your name', [value]: 'Kim Lee' },
  { [label]: 'Email Address', [value]: 'kim@b.example' },
  { [label]: "Friend's email", [value]: 'friend@b.example' },
  { [label]: 'Size', [value]: 'M' },
];

describe('the person who filled a form in', () => {
  test.each([
    [
      'fields under data',
      { eventType: 'FORM_RESPONSE', data: { fields: answers('label', 'value') } },
    ],
    [
      'responses',
      { eventType: 'x.ResponseAdded', data: { responses: answers('question', 'answer') } },
    ],
    [
      'answers',
      { event_type: 'form_response', form_response: { answers: answers('title', 'text') } },
    ],
    [
      'questions of a submission',
      { formId: 'f', submission: { questions: answers('name', 'value') } },
    ],
    ['data as a list', { form_id: 'f', data: answers('title', 'value') }],
    ['pages', { pages: [{ questions: answers('heading', 'answer') }] }],
    [
      'fields by key',
      {
        form: { id: 'f' },
        fields: {
          email: { value: 'kim@b.example' },
          name: { value: 'Kim Lee' },
          Size: { value: 'M' },
        },
      },
    ],
    [
      'namedValues',
      { namedValues: { 'E-Mail': ['kim@b.example'], Name: ['Kim Lee'], Size: ['M'] } },
    ],
    [
      'rawRequest',
      {
        formID: '1',
        type: 'WEB',
        rawRequest:
          '{"q3_name":{"first":"Kim","last":"Lee"},"q4_email":"kim@b.example","Size":"M"}',
      },
    ],
    [
      'a submission by key',
      { form: 'f', submission: { email: 'kim@b.example', name: 'Kim Lee', Size: 'M' } },
    ],
    [
      'flat keys',
      {
        form_name: 'f',
        'E-Mail ': 'kim@b.example',
        'First Name': 'Kim',
        LAST_NAME: 'Lee',
        Size: 'M',
      },
    ],
    [
      'payload.data',
      {
        triggerType: 'form_submission',
        payload: {
          name: 'Contact',
          formId: 'f',
          data: { Email: 'kim@b.example', Name: 'Kim Lee', Size: 'M' },
        },
      },
    ],
  ])('%s', (_name, body) => {
    const event = read(body);
    expect(event.type).toBe('form.submitted');
    expect(event.contact).toEqual(kim);
    expect(event.form?.fields).toMatchObject({ Size: 'M' });
  });

  test.each([
    [{ area: '030', phone: '1234567' }, '030 1234567'],
    [{ country: '49', area: '30', phone: '1234567' }, '+49 30 1234567'],
    [{ full: '(030) 123-4567' }, '(030) 123-4567'],
  ])('a phone in parts is one number: %j', (q5_phone, phone) => {
    const rawRequest = JSON.stringify({ q4_email: 'kim@b.example', q5_phone });
    expect(read({ formID: '1', type: 'WEB', rawRequest }).contact.phone).toBe(phone);
  });

  test('Typeform keeps the questions apart', () => {
    const event = read({
      event_id: 'e',
      event_type: 'form_response',
      form_response: {
        form_id: 'f',
        submitted_at: '2026-01-01T12:02:00Z',
        definition: {
          title: 'Survey',
          fields: [
            { id: 'a', title: 'Goal' },
            { id: 'b', title: 'Mail' },
          ],
        },
        answers: [
          { type: 'choice', choice: { label: 'Fit' }, field: { id: 'a' } },
          { type: 'choices', choices: { labels: ['x', 'y'] }, field: { id: 'c', ref: 'days' } },
          { type: 'email', email: 'kim@b.example', field: { id: 'b' } },
        ],
      },
    });
    expect(event).toMatchObject({
      occurredAt: '2026-01-01T12:02:00.000Z',
      contact: { email: 'kim@b.example' },
      form: {
        id: 'f',
        name: 'Survey',
        fields: { Goal: 'Fit', days: 'x, y', Mail: 'kim@b.example' },
      },
    });
  });

  test.each([
    [
      "Friend's email",
      'friend_email',
      'friendEmail',
      'Referrer e-mail',
      'organizer_email',
      'owner email',
    ],
  ])('is not the one of %s', (...labels) => {
    for (const label of labels) {
      expect(read({ form_id: 'f', [label]: 'x@b.example' }).contact).toEqual({});
    }
  });

  test('is found under keys of any case', () => {
    const event = read({
      EVENT: 'form.submitted',
      Data: {
        Fields: [
          { Label: 'E-mail', VALUE: 'kim@b.example' },
          { Question: 'Size', Answer: 'M' },
        ],
      },
    });
    expect(event).toMatchObject({
      type: 'form.submitted',
      contact: { email: 'kim@b.example' },
      form: { fields: { Size: 'M' } },
    });
  });

  test('is nobody where two of the same place differ', () => {
    expect(
      read({
        form_id: 'f',
        answers: [
          { label: 'Email', value: 'a@b.example' },
          { label: 'E-mail 2', value: 'c@b.example' },
        ],
      }).contact,
    ).toEqual({});
  });

  test('stands in a later place where the first has a filler', () => {
    expect(
      read({ event: 'order.paid', email: 'n/a', data: { email: 'kim@b.example' } }).contact,
    ).toEqual({ email: 'kim@b.example' });
    expect(
      read({ form_id: 'f', email: '-', answers: [{ label: 'Email', value: 'kim@b.example' }] })
        .contact,
    ).toEqual({ email: 'kim@b.example' });
  });
});

test('a booking names the one who books, and neither host nor guests', () => {
  const event = read({
    triggerEvent: 'MEETING_STARTED',
    payload: {
      organizer: { email: 'host@b.example' },
      responses: {
        name: { label: 'your_name', value: 'Kim Lee' },
        email: { label: 'email_address', value: 'kim@b.example' },
        guests: { value: ['g@b.example'] },
      },
    },
  });
  expect(event).toMatchObject({ type: 'custom', topic: 'MEETING_STARTED', contact: kim });
});

test('what is partial is no submission', () => {
  expect(read({ event: 'form_response_partial', answers: [{ label: 'a', value: 'b' }] }).type).toBe(
    'custom',
  );
});

test.each<[Record<string, string>, string | undefined]>([
  [{ email_1: 'a@b.example' }, 'a@b.example'],
  [{ friend_email: 'f@b.example', email_1: 'a@b.example' }, 'a@b.example'],
  [{ 'Email address': 'a@b.example', 'E-mail of a friend': 'a@b.example' }, 'a@b.example'],
  [{ 'Your e-mail': ' a@b.example ' }, 'a@b.example'],
  [{ Email: '\u200ba@b.example\u200b', email_address: 'a@b.example' }, 'a@b.example'],
  [{ email: 'none', 'Work e-mail': 'a@b.example' }, 'a@b.example'],
  [{ email: 'a@b.example', email_2: 'c@b.example' }, undefined],
  [{ my_email: 'a@b.example', friend_email: 'f@b.example' }, 'a@b.example'],
  [{ emailing: 'a@b.example', e_mail: 'x' }, 'a@b.example'],
  [{ note: 'a@b.example' }, undefined],
  [{ email: 'a b@c' }, undefined],
  [{ 'Preferred e-mail': 'a@b.example' }, 'a@b.example'],
  [{ friend_email: 'f@b.example' }, undefined],
  [{ "Referrer's email": 'f@b.example' }, undefined],
  [{ 'Manager email': 'f@b.example' }, undefined],
  [{ "Mother's e-mail": 'f@b.example' }, undefined],
  [{}, undefined],
])('the e-mail of who answered %j is %s', (fields, expected) => {
  const answers = Object.entries(fields).map(([label, value]) => ({
    label,
    value,
    kind: undefined,
  }));
  expect(readEmail(emailAsked(answers))).toBe(expected);
});
