import { describe, expect, test } from '@jest/globals';
import { otherCandidates } from '../../lib/labelling/contacts.ts';
import type { WixContact } from '../../lib/wix/contacts.ts';
import type { WixSite } from '../../lib/wix/wix.ts';

const contact = (id: string, createdDate: string, primaryEmail: string): WixContact => ({
  id,
  createdDate,
  primaryEmail,
  primaryPhone: undefined,
  labelKeys: [],
});

async function found(contacts: readonly WixContact[], email: string): Promise<string[]> {
  const wix = { queryContacts: async () => contacts } as unknown as WixSite;
  const ids: string[] = [];
  for await (const id of otherCandidates({ email }, wix)) ids.push(id);
  return ids;
}

describe('of several contacts with one e-mail', () => {
  test.each([
    [
      'the one whose primary address it is',
      [
        ['b', '2024', 'x@e.com'],
        ['a', '2025', 'Ada@e.com'],
      ],
      'a',
    ],
    [
      'of several such the oldest',
      [
        ['b', '2025', 'ada@e.com'],
        ['a', '2024', 'ada@e.com'],
      ],
      'a',
    ],
    [
      'of several as old the same one each time',
      [
        ['b', '2024', 'ada@e.com'],
        ['a', '2024', 'ada@e.com'],
      ],
      'a',
    ],
    [
      'the oldest of those that have it besides',
      [
        ['a', '2025', 'x@e.com'],
        ['b', '2024', 'y@e.com'],
      ],
      'b',
    ],
  ] as const)('%s', async (_name, rows, id) => {
    const contacts = rows.map(([its, created, email]) => contact(its, created, email));
    expect(await found(contacts, 'ada@e.com')).toEqual([id]);
    expect(await found(contacts.toReversed(), 'ada@e.com')).toEqual([id]);
  });

  test('nobody is nobody', async () => {
    expect(await found([], 'ada@e.com')).toEqual([]);
  });
});
