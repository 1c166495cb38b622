import { describe, expect, test } from '@jest/globals';
import type { ContactReference } from '../../lib/events/event.ts';
import type { Candidate } from '../../lib/labelling/contact/candidates.ts';
import { createContactMemory } from '../../lib/labelling/contact/contact-memory.ts';

const MINUTE = 60_000;
/** A memory on a clock that each call sets. */
function open() {
  let time = 0;
  const memory = createContactMemory(() => time);
  return {
    ...memory,
    recall(reference: ContactReference, now: number) {
      time = now;
      return memory.recall(reference);
    },
    learn(reference: ContactReference, found: Candidate, now: number) {
      time = now;
      memory.learn(reference, found);
    },
  };
}

const ID = 'AAAAAAAA-0000-4000-8000-000000000001';

describe('which contact a reference means', () => {
  test('is known for ten minutes from when it was learnt', () => {
    const known = open();
    const reference = { email: 'ada@example.com' };
    expect(known.recall(reference, 0)).toBeUndefined();
    known.learn(reference, { id: 'ada', by: 'email' }, 1_000);
    expect(known.recall(reference, 1_000 + 10 * MINUTE - 1)).toBe('ada');
    expect(known.recall(reference, 1_000 + 10 * MINUTE)).toBeUndefined();
  });

  test.each([
    ['contactId', { contactId: ID, memberId: ID, email: 'e', phone: '1' }],
    ['memberId', { memberId: ID, email: 'e', phone: '1' }],
    ['email', { email: 'e', phone: '1' }],
    ['phone', { phone: '1' }],
  ] as const)(
    'is learnt when it was found by its first field, here %s, and by that alone',
    (first, reference) => {
      for (const by of ['contactId', 'memberId', 'email', 'phone'] as const) {
        const known = open();
        known.learn(reference, { id: 'ada', by }, 0);
        const otherwise = 'contactId' in reference ? ID.toLowerCase() : undefined;
        expect(known.recall(reference, 0)).toBe(by === first ? 'ada' : otherwise);
      }
    },
  );

  test.each([
    ['an e-mail in other case', { email: 'Ada@Example.com' }, { email: 'ada@example.com' }],
    ['a phone in other writing', { phone: '+1 (555) 0001' }, { phone: '+15550001' }],
    ['an id in other case', { contactId: ID }, { contactId: ID.toLowerCase() }],
    ['less besides', { email: 'a@b.example', firstName: 'Ada' }, { email: 'a@b.example' }],
  ])('is the same for %s', (_name, learnt, asked) => {
    const known = open();
    const by = 'email' in learnt ? 'email' : 'phone' in learnt ? 'phone' : 'contactId';
    known.learn(learnt, { id: 'ada', by }, 0);
    expect(known.recall(asked, 0)).toBe('ada');
    known.forget(asked);
    expect(known.recall(learnt, 0)).not.toBe('ada');
  });

  test('is its contact id, where nothing else was found by it', () => {
    const known = open();
    expect(known.recall({ contactId: ID, email: 'a@b.example' }, 0)).toBe(ID.toLowerCase());
  });

  test('is not taken from another field of the same text', () => {
    const known = open();
    known.learn({ email: '1' }, { id: 'ada', by: 'email' }, 0);
    expect(known.recall({ phone: '1' }, 0)).toBeUndefined();
    known.forget({ phone: '1' });
    expect(known.recall({ email: '1' }, 0)).toBe('ada');
  });

  test('is forgotten beyond 20,000, the longest unlearnt first', () => {
    const known = open();
    for (let n = 0; n < 20_000; n += 1) known.learn({ email: `${n}` }, { id: 'x', by: 'email' }, 0);
    expect(known.recall({ email: '0' }, 0)).toBe('x');
    known.learn({ email: 'more' }, { id: 'x', by: 'email' }, 0);
    expect(known.recall({ email: '0' }, 0)).toBeUndefined();
    expect(known.recall({ email: '1' }, 0)).toBe('x');
  });
});
