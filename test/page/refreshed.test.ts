import { expect, test } from '@jest/globals';
import { refreshed } from '../../page/refreshed.ts';

const before = { id: 1, at: 'then', total: 249, items: [{ id: 7, title: 'Mug' }], note: null };
const after = { id: 2, at: 'now', total: 249, items: [{ id: 8, title: 'Mug' }], note: null };

test.each([
  ['a sample that nobody edited', before, after],
  ['what somebody wrote', { ...before, total: 10 }, { ...after, total: 10 }],
  ['an id that somebody wrote', { ...before, id: 'mine' }, { ...after, id: 'mine' }],
  ['what was added', { ...before, more: { id: 1 } }, { ...after, more: { id: 1 } }],
  ['what was taken out', { id: 1 }, { id: 2 }],
  [
    'a further item',
    { ...before, items: [{ id: 7, title: 'Hat' }, { id: 9 }] },
    { ...after, items: [{ id: 8, title: 'Hat' }, { id: 9 }] },
  ],
  ['another shape', { ...before, items: 'none' }, { ...after, items: 'none' }],
])('%s keeps what is of its writer, and has fresh ids', (_, edited, expected) => {
  expect(refreshed(edited, before, after)).toEqual(expected);
});
