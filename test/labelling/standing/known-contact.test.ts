import { expect, test } from '@jest/globals';
import { NO_STATE } from '../../../lib/labelling/standing/changes.ts';
import { confirmAddress } from '../../../lib/labelling/standing/known-contact.ts';
import { referenceOwner } from '../../../lib/labelling/standing/owners.ts';
import type { SiteHistory } from '../../../lib/labelling/standing/with-history.ts';
import { createMemoryStore } from '../../../simulators/store/memory.ts';

const SITE = 'a-site';
const KIM = 'kim@example.com';
const { reference } = referenceOwner(SITE, { by: 'email', key: KIM });
const STATE = { ...NO_STATE, references: [reference] };
const CONTACT = { id: 'kim', createdDate: '', primaryPhone: undefined, phones: [], labelKeys: [] };

test.each([
  ['is the contact’s first one', 'Kim@Example.com', 'kim', STATE, 9],
  ['is not the first one any more', 'other@example.com', 'kim', STATE, 1],
  ['is there no more', undefined, 'kim', STATE, 1],
  ['means another contact by now', KIM, 'lee', STATE, 1],
  ['was never looked up', KIM, 'kim', NO_STATE, 1],
] as const)('an address that %s', async (_, primaryEmail, contactId, state, checkedAt) => {
  const store = createMemoryStore({ now: () => 9 });
  await store.saveAlias(SITE, reference, { contactId, checkedAt: 1 });
  const history = { site: SITE, store, now: () => 9 } as SiteHistory;
  const emails = primaryEmail ? [primaryEmail] : [];
  await confirmAddress(history, { ...CONTACT, primaryEmail, emails }, state);
  const { alias } = await store.read({ site: SITE, reference });
  expect(alias).toEqual({ contactId, checkedAt });
});
