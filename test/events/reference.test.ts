import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  emailKey,
  firstReference,
  isSomebodysPhone,
  namesSomebody,
  phoneKey,
  references,
  usableReference,
} from '../../lib/events/contact.ts';

test('an e-mail is the same in capitals and with what nobody sees', () => {
  expect(emailKey('\u200bKim@Example.COM\u202c')).toBe('kim@example.com');
});

describe('a phone number is the same', () => {
  test.each([
    [
      '+12025550102',
      '+1 (202) 555-0102',
      '001 202 555 0102',
      '(+1) 202-555-0102',
      '+1.202.555.0102',
    ],
    ['+4915112345670', '0049 151 12345670', '\u202a+49 151 12345670\u202c', '＋49 151 12345670'],
    [
      '2025550102',
      '(202) 555-0102',
      '202.555.0102',
      '٢٠٢٥٥٥٠١٠٢',
      '２０２５５５０１０２',
      '𝟐𝟎𝟐𝟓𝟓𝟓𝟎𝟏𝟎𝟐',
    ],
    ['02079460000', '020 7946 0000'],
    ['15012345679', '150 1234 5679', '1-501-234-5679'],
    ['+12025550102x5', '+1 202 555 0102 ext. 5', '001 202 555 0102;ext=5', '+1 202 555 0102 # 5'],
    ['01511234567', '0151 1234567 (Max)', 'Fax 0151 1234567'],
  ])('%s', (key, ...ways) => {
    for (const way of [key, ...ways]) expect([way, phoneKey(way)]).toEqual([way, key]);
  });

  test('and another where only one of two has a country code: it may be of another country', () => {
    expect(phoneKey('656 123 4567')).not.toBe(phoneKey('+65 6123 4567'));
    expect(phoneKey('150 1234 5679')).not.toBe(phoneKey('+1 501 234 5679'));
  });

  test('and another with an extension, whose digits are none of the number’s', () => {
    const keys = [
      '+49 151 1234567 ext 8',
      '+49 151 12345678',
      '+49 151 1234567',
      '+49 151 1234567x9',
    ];
    expect(new Set(keys.map(phoneKey)).size).toBe(keys.length);
  });

  test('in the digits of any script', () => {
    const zeros = [0x30, 0x660, 0x6f0, 0x966, 0xe50, 0xff10, 0x1d7ce, 0x1d7f6, 0x1e950];
    const digits = fc.array(fc.nat({ max: 9 }), { minLength: 7, maxLength: 10 });
    fc.assert(
      fc.property(digits, fc.constantFrom(...zeros), (its, zero) => {
        const written = String.fromCodePoint(...its.map((digit) => zero + digit));
        expect(phoneKey(written)).toBe(phoneKey(its.join('')));
      }),
    );
  });
});

describe('a phone number', () => {
  test.each([
    ...['', '-', 'n/a', '0', '123456', '+1', '+49 123', '12 34 56'],
    ...['+972 1234', '+49 12345', '0049 (0)123 45', '+1 555 123', '+351 900 123', '+290 12343'],
    ...['1111111111 ext 5', '+1 1111111111;ext=5', '0000000x12', '1234567 #9', '+49 12345 x678'],
    ...['1111111111, 5', '１１１１１１１ Ext. 5', '1-555-555-5555 extension 5', '12345 ext 6789'],
    ...['0000000000', '000-000-0000', '1111111', '+99999999999', '٠٠٠٠٠٠٠٠', '００００００００'],
    ...['+1 000 000 0000', '1-555-555-5555', '001 000 0000000', '+49 0000000', '+44 (0)1111111'],
    ...['09999999999', '0 1111111'],
    ...[
      '1234567',
      '12345678',
      '123456789',
      '1234567890',
      '0123456789',
      '01234567890',
      '+1234567890',
    ],
    ...[
      '+1 123 456 7890',
      '+49 123456789',
      '0049 1234567',
      '+351 123 456 789',
      '23456789',
      '3456789012',
    ],
    ...['7654321', '987654321', '9876543210', '0987654321', '+1 987 654 3210'],
    ...['\u200b0000000\u200b', '1'.repeat(51), `+1 202 555 0102${' '.repeat(50)}x`],
  ])('like %j is nobody’s', (phone) => {
    expect(isSomebodysPhone(phone)).toBe(false);
  });

  test.each([
    ...['+12025550102', '(202) 555-0102', '5550001', '+1 212 345 6789', '+1 555 123 4567'],
    ...[
      '0171 2345678',
      '+49 171 2345678',
      '+44 20 7946 0000',
      '+351 912 345 678',
      '1122334',
      '1234568',
    ],
    ...[
      '+1 555 0102',
      '+1 202 555 0102 ext 1111',
      '150 1234 5679',
      '\u202a+1 202 555 0102\u202c',
      '800 000 0001',
      '13800138000',
    ],
  ])('like %j may be somebody’s', (phone) => {
    expect(isSomebodysPhone(phone)).toBe(true);
  });
});

test.each([
  [{ email: ' \u200bkim@example.com', phone: '0000000000' }, { email: 'kim@example.com' }],
  [{ email: '\u200b', phone: '\u202a+12025550102' }, { phone: '+12025550102' }],
  [
    { contactId: 'c', memberId: 'm', firstName: 'F', lastName: 'L', phone: '123' },
    { contactId: 'c', memberId: 'm', firstName: 'F', lastName: 'L' },
  ],
  [{}, {}],
])('of %j usable is %j', (given, usable) => {
  expect(usableReference(given)).toEqual(usable);
});

test('the references of a person come the surest first, each as it compares', () => {
  const contact = { phone: '+65 6123 4567', email: 'Kim@E.com', memberId: 'M', contactId: 'C' };
  const all = [...references({ ...contact, firstName: 'Kim' })].map(
    ({ by, key }) => `${by} ${key}`,
  );
  expect(all).toEqual(['contactId c', 'memberId m', 'email kim@e.com', 'phone +6561234567']);
  expect(firstReference(contact)).toBe('contactId c');
  expect(firstReference({ phone: '+65 6123 4567' })).toBe('phone +6561234567');
  expect(firstReference({ firstName: 'Kim' })).toBe('');
  expect(namesSomebody({ phone: '000 000 0000', firstName: 'Kim' })).toBe(false);
  expect(namesSomebody(contact)).toBe(true);
});
