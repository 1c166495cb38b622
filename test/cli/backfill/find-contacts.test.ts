import { expect, test } from '@jest/globals';
import type { Customer } from '../../../cli/commands/backfill/customers.ts';
import { findContacts } from '../../../cli/commands/backfill/find-contacts.ts';
import { WixError } from '../../../lib/wix/calls/failure.ts';
import { contact, siteOf } from '../../support/lookups-stage.ts';
import { testJournal } from '../../support/test-journal.ts';

const customer = (email: string, ...spellings: string[]): Customer => ({
  email,
  spellings: new Set(spellings.length > 0 ? spellings : [email]),
  orders: 1,
  latest: { at: 0, contact: { email } },
  changes: [],
});
const customers = (count: number) =>
  Array.from({ length: count }, (_, i) => customer(`${String(i).padStart(3, '0')}@example.com`));

async function find(site: ReturnType<typeof siteOf>, all: readonly Customer[]) {
  const journal = await testJournal();
  const found = await findContacts(site.wix, all, journal, () => {});
  return new Map([...found.contacts].map(([email, { id }]) => [email, id]));
}

/** Knows everybody whom it is asked for, but refuses questions with more than so many values. */
const taking = (most: number) =>
  siteOf(({ values }) =>
    values.length > most
      ? new WixError({ operation: 'queryContacts', kind: 'answer', status: 400, envelope: true })
      : values.map((email) => contact(`id of ${email}`, { emails: [email] })),
  );

test('250 customers are three questions', async () => {
  const site = taking(1000);

  const found = await find(site, customers(250));

  expect(found.size).toBe(250);
  expect(site.values().map(({ length }) => length)).toEqual([100, 100, 50]);
});

test('where a hundred are refused, halves are asked for, and no more than that from then on', async () => {
  const site = taking(30);

  const found = await find(site, customers(120));

  expect(found.size).toBe(120);
  const sizes = site.values().map(({ length }) => length);
  expect(sizes.slice(0, 2)).toEqual([100, 50]);
  expect(sizes.filter((size) => size > 30)).toHaveLength(3);
});

test('an address that Wix refuses by itself is nobody', async () => {
  expect((await find(taking(0), customers(2))).size).toBe(0);
});

test('each spelling is asked for, and any of them finds the contact', async () => {
  const site = siteOf(() => [contact('ada', { emails: ['ADA@example.com'] })]);

  const found = await find(site, [customer('ada@example.com', 'Ada@Example.com')]);

  expect(site.values()).toEqual([['ada@example.com', 'Ada@Example.com']]);
  expect(found).toEqual(new Map([['ada@example.com', 'ada']]));
});

test('of several contacts with one address: whose primary it is, then the oldest', async () => {
  const site = siteOf(() => [
    contact('second', { emails: ['x@example.com', 'ada@example.com'], createdDate: '2020' }),
    contact('younger', { emails: ['ada@example.com'], createdDate: '2026' }),
    contact('older', { emails: ['ada@example.com'], createdDate: '2025' }),
  ]);

  expect((await find(site, [customer('ada@example.com')])).get('ada@example.com')).toBe('older');
});

test('an answer with people nobody asked for leaves the others open: they are asked for again', async () => {
  const site = siteOf(({ values }) =>
    values.length > 1
      ? [contact('stray', { emails: ['someone@else.com'] })]
      : [contact('b', { emails: ['b@example.com'] })].filter(() => values[0] === 'b@example.com'),
  );

  const found = await find(site, [customer('a@example.com'), customer('b@example.com')]);

  expect(site.values()).toHaveLength(3);
  expect(found).toEqual(new Map([['b@example.com', 'b']]));
});

test('who is nobody by e-mail is looked for by phone, as an event would be', async () => {
  const site = siteOf(({ by }) =>
    by === 'phone' ? [contact('grace', { phones: ['+12025550102'] })] : [],
  );
  const called = (email: string, phone: string) => ({
    ...customer(email),
    latest: { at: 0, contact: { email, phone } },
  });

  const found = await find(site, [
    called('grace@example.com', "'+1 202 555 0102"),
    called('ada@example.com', 'none'),
  ]);

  expect(found).toEqual(new Map([['grace@example.com', 'grace']]));
  expect(site.queries.map(({ by, values }) => [by, values])).toEqual([
    ['email', ['ada@example.com', 'grace@example.com']],
    ['phone', ["'+1 202 555 0102", '+12025550102']],
  ]);
});

test('asked for alone, whoever came was meant, even where the answer leaves the address out', async () => {
  const site = siteOf(() => [contact('ada')]);

  expect(await find(site, [customer('ada@example.com')])).toEqual(
    new Map([['ada@example.com', 'ada']]),
  );
});

test('what the journal has is not asked again', async () => {
  const journal = await testJournal();
  const site = taking(30);
  const first = await findContacts(site.wix, customers(120), journal, () => {});
  const asked = site.queries.length;

  const second = await findContacts(site.wix, customers(120), journal, () => {});

  expect(site.queries).toHaveLength(asked);
  expect(second).toEqual(first);
});
