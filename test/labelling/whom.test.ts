import { expect, test } from '@jest/globals';
import { allMeant, meantBy } from '../../lib/labelling/contact/whom.ts';
import { contact } from '../support/lookups-stage.ts';

const KIM = { email: 'kim@e.com', phone: '+1 202 555 0102' };

test.each([
  ['shows the e-mail, however it is written', { emails: ['x@e.com', '\u200bKIM@e.com'] }, 'email'],
  [
    'shows another e-mail and the phone',
    { emails: ['x@e.com'], phones: ['+12025550102'] },
    undefined,
  ],
  ['shows another e-mail', { emails: ['x@e.com'] }, undefined],
  [
    'shows the phone alone, as Wix writes it',
    { phones: ['(202) 555-0102', '+12025550102'] },
    'phone',
  ],
  ['shows another phone alone', { phones: ['+12025550103'] }, undefined],
  ['shows no address', {}, 'email'],
] as const)('a contact that Wix names and that %s', (_name, shown, by) => {
  const { emails = [], phones = [] }: { emails?: readonly string[]; phones?: readonly string[] } =
    shown;
  expect(meantBy(contact('c', { emails, phones }), KIM)).toBe(by);
});

test('one with no address is named by what there is to name it by', () => {
  expect(meantBy(contact('c'), { phone: '+12025550102' })).toBe('phone');
});

test('all who show an e-mail are meant by it, and no others of the answer', () => {
  const [one, two] = ['one', 'two'].map((id) => contact(id, { emails: ['Kim@e.com'] }));
  const others = [contact('blank'), contact('other', { emails: ['x@e.com'] })];
  const ids = (all: readonly unknown[]) =>
    allMeant(all as never, 'email', { email: 'kim@e.com' }).map(({ id }) => id);
  expect(ids([one, ...others, two])).toEqual(['one', 'two']);
  expect(ids([others[1]])).toEqual([]);
  expect(ids([others[0]])).toEqual(['blank']);
});
