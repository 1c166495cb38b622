import { beforeEach, describe, expect, test } from '@jest/globals';
import { factKey, type KeptFact } from '../../lib/history/fact.ts';
import { mergeKept } from '../../lib/history/merge.ts';
import {
  type ContactState,
  type HistoryStore,
  MOST_FACTS,
  type Owner,
} from '../../lib/store/store.ts';

export const RETENTION_MS = 5 * 365 * 86_400_000;
const NOW = Date.parse('2026-11-28T12:00:00.400Z');

/** Makes an empty store, whose time is what `now` says. */
export type OpenStore = (now: () => number) => Promise<HistoryStore>;

type States = KeptFact['states'];

export const order = (id: string, states: States): KeptFact => ({
  kind: 'order',
  source: 'shopify',
  id,
  states,
});

export const paid = (at: number, total: number): States => ({
  'order.paid': { at, state: { total, test: false } },
});

const STATE: ContactState = {
  held: { VIP: { since: 5, by: 'label:VIP' } },
  begun: {},
  references: ['a hash'],
  definitions: 'abc',
};

export const inOrder = (facts: readonly KeptFact[]): readonly KeptFact[] =>
  [...facts].sort((a, b) => (factKey(a) < factKey(b) ? -1 : 1));

/** Reads what all calls of `contacts` return together. */
export async function allContacts(
  store: HistoryStore,
  site: string,
  most: number,
): Promise<readonly string[]> {
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.contacts(site, most, cursor);
    expect(page.contactIds.length).toBeLessThanOrEqual(most);
    found.push(...page.contactIds);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return found.sort();
}

/** Reads what all calls of `waiting` return together. */
async function allWaiting(store: HistoryStore, site: string, most: number) {
  const found = new Set<string>();
  let cursor: string | undefined;
  do {
    const page = await store.waiting(site, most, cursor);
    expect(page.references.length).toBeLessThanOrEqual(most);
    for (const one of page.references) found.add(one);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return [...found].sort();
}

/** What every HistoryStore does: the same tests for DynamoDB and for the one in memory. */
export function describeStore(name: string, open: OpenStore): void {
  const contact = { site: 'a-site', contactId: 'a-contact' };
  const reference: Owner = { site: 'a-site', reference: 'a-hash' };
  let store: HistoryStore;
  let now: number;

  beforeEach(async () => {
    now = NOW;
    store = await open(() => now);
  });

  const facts = async (owner: Owner) => inOrder((await store.read(owner)).facts);

  describe(`facts in ${name}`, () => {
    test('nobody has any', async () => {
      expect(await store.read(contact)).toEqual({ facts: [], cut: false });
    });

    test('of each type of event the latest stays, in whatever order they come', async () => {
      const created: States = { 'order.created': { at: 1, state: { total: 9, test: false } } };
      await store.addFacts(contact, [order('1', paid(20, 8)), order('2', paid(7, 1))]);
      await store.addFacts(contact, [order('1', { ...paid(10, 9), ...created })]);

      expect(await facts(contact)).toEqual([
        order('1', { ...created, ...paid(20, 8) }),
        order('2', paid(7, 1)),
      ]);
    });

    test('of two at the same time the same one stays as where facts are merged', async () => {
      const two = [order('1', paid(3, 10)), order('1', paid(3, 11))];
      const merged = mergeKept(two.slice(0, 1), two.slice(1));
      for (const [index, sequence] of [two, two.toReversed()].entries()) {
        const owner = { site: 'a-site', contactId: `contact-${index}` };
        for (const fact of sequence) await store.addFacts(owner, [fact]);
        expect(await facts(owner)).toEqual(merged);
      }
    });

    test.each<[string, string]>([
      ['what divides the parts of a key', 'form#shopify##1'],
      ['a character of no meaning', 'a\uFFFEb'],
      ['as many bytes as an id may have', '€'.repeat(600)],
      ['a line break', 'one\ntwo'],
    ])('an id with %s is read as it was', async (_name, id) => {
      const fact = order(id, paid(1, 1));
      const other = order(`${id.slice(0, -1)}x`, paid(2, 2));
      await store.addFacts(contact, [fact, other]);

      expect(await facts(contact)).toEqual(inOrder([fact, other]));
    });

    test('numbers and texts are read exactly as they were', async () => {
      const items = [0.1 + 0.2, 5e-324, Number.MAX_VALUE, -1, 2 ** 53 + 2].map((price, index) => ({
        price,
        title: ['', '\uFFFE', '🙂\u{10FFFF}', '\0', '"'][index],
        quantity: 0,
      }));
      const states: States = {
        'order.paid': { at: 1.5, state: { items, tags: [], channel: '', test: true } },
      };
      await store.addFacts(contact, [order('1', states)]);

      expect(await facts(contact)).toEqual([order('1', states)]);
    });

    test('an order is never too large: it loses names first, and no amount', async () => {
      const items = Array.from({ length: 1_000 }, (_, index) => ({
        sku: `SKU-${index}`,
        quantity: 1,
        title: 'Ä'.repeat(200),
        vendor: 'somebody',
      }));
      const types = ['created', 'paid', 'fulfilled', 'refunded', 'partially_refunded', 'canceled'];
      const state = { total: 1_234.5, currency: 'EUR', items, refundedItems: items, test: false };
      const states = Object.fromEntries(types.map((type) => [`order.${type}`, { at: 1, state }]));
      await store.addFacts(contact, [order('1', states)]);

      const [kept] = await facts(contact);
      expect(Object.keys(kept?.states ?? {}).sort()).toEqual(Object.keys(states).sort());
      for (const { state } of Object.values(kept?.states ?? {})) {
        expect(state).toMatchObject({ total: 1_234.5, currency: 'EUR', test: false });
        const { items = [] } = state as { items?: readonly object[] };
        expect(items.length).toBeGreaterThan(400);
        expect(items[0]).toEqual({ sku: 'SKU-0', quantity: 1 });
      }
    });

    test('those of one owner are not those of another', async () => {
      const owners: Owner[] = [
        contact,
        reference,
        { ...contact, contactId: 'another' },
        { ...contact, site: 'another' },
        { site: 'a-site', reference: contact.contactId },
      ];
      for (const [index, owner] of owners.entries()) {
        await store.addFacts(owner, [order(`${index}`, paid(1, 1))]);
      }
      for (const [index, owner] of owners.entries()) {
        expect(await facts(owner)).toEqual([order(`${index}`, paid(1, 1))]);
      }
    });

    test('references with facts are found, in pages of any length, and no other owner', async () => {
      const long = 'x'.repeat(900);
      const two = [order('1', paid(1, 1)), order(long, paid(1, 1))];
      for (const hash of ['a', 'b', 'c', 'd']) {
        await store.addFacts({ site: 'a-site', reference: hash }, two);
      }
      await store.addFacts({ site: 'a-site', reference: 'e' }, two.slice(1));
      await store.addFacts({ site: 'another', reference: 'f' }, two);
      await store.addFacts(contact, two);
      await store.saveAlias('a-site', 'g', { contactId: 'a-contact', checkedAt: 1 });
      await store.removeFacts({ site: 'a-site', reference: 'd' }, two);

      for (const most of [1, 2, 3, 100]) {
        expect(await allWaiting(store, 'a-site', most)).toEqual(['a', 'b', 'c', 'e']);
      }
    });

    test('what is removed is gone, but not what somebody added to', async () => {
      await store.addFacts(reference, [order('1', paid(1, 1)), order('2', paid(1, 1))]);
      await store.addFacts(reference, [order('3', paid(1, 1)), order('4', paid(1, 1))]);
      const { facts: read } = await store.read(reference);
      const refunded: States = { 'order.refunded': { at: 2, state: { test: false } } };
      await store.addFacts(reference, [order('2', refunded), order('3', paid(2, 1))]);
      await store.removeFacts(reference, [...read, order('5', paid(1, 1))]);

      expect(await facts(reference)).toEqual([
        order('2', { ...paid(1, 1), ...refunded }),
        order('3', paid(2, 1)),
      ]);
    });

    test('one that was written long enough ago is not read any more', async () => {
      await store.addFacts(contact, [order('1', paid(1, 1)), order('2', paid(1, 1))]);
      now += 60_000;
      await store.addFacts(contact, [order('2', paid(2, 1))]);
      now = NOW + RETENTION_MS;
      expect(await facts(contact)).toHaveLength(2);
      now += 1_000;

      expect(await facts(contact)).toEqual([order('2', paid(2, 1))]);
    });

    test('of more than so many the same ones are read, and the state with them', async () => {
      const ids = Array.from({ length: MOST_FACTS + 1 }, (_, index) => `${10_000 + index}`);
      await store.addFacts(
        contact,
        ids.slice(1).map((id) => order(id, paid(1, 1))),
      );
      await store.saveState(contact, STATE);
      expect(await store.read(contact)).toMatchObject({ cut: false });
      await store.addFacts(contact, [order(ids[0] ?? '', paid(1, 1))]);

      const record = await store.read(contact);
      expect(record).toMatchObject({ cut: true, state: { definitions: 'abc' } });
      expect(inOrder(record.facts).map(({ id }) => id)).toEqual(ids.slice(0, -1));
    });
  });

  describe(`states in ${name}`, () => {
    test('one is written only where it is still as it was read', async () => {
      expect(await store.saveState(contact, STATE)).toBe(true);
      expect(await store.saveState(contact, { ...STATE, definitions: 'other' })).toBe(false);
      expect((await store.read(contact)).state).toEqual({ ...STATE, version: 1 });
      expect(await store.saveState(contact, { ...STATE, held: {} }, 1)).toBe(true);
      expect(await store.saveState(contact, STATE, 1)).toBe(false);

      expect((await store.read(contact)).state).toEqual({ ...STATE, held: {}, version: 2 });
    });

    test('none is written over one that was erased since', async () => {
      await store.saveState(contact, STATE);
      await store.erase(contact);

      expect(await store.saveState(contact, STATE, 1)).toBe(false);
      expect(await store.read(contact)).toEqual({ facts: [], cut: false });
    });

    test('what is due is found, the longest due first, until it is due no more', async () => {
      const dues: [string, number?][] = [['a', 300], ['b', 100], ['c'], ['d', 200], ['e', 301]];
      for (const [contactId, dueAt] of dues) {
        await store.saveState({ site: 'a-site', contactId }, { ...STATE, dueAt });
      }
      await store.saveState({ site: 'another', contactId: 'f' }, { ...STATE, dueAt: 1 });
      const found = [
        { contactId: 'b', dueAt: 100 },
        { contactId: 'd', dueAt: 200 },
        { contactId: 'a', dueAt: 300 },
      ];
      expect(await store.due('a-site', 300, 10)).toEqual(found);
      expect(await store.due('a-site', 300, 2)).toEqual(found.slice(0, 2));
      await store.saveState({ site: 'a-site', contactId: 'b' }, STATE, 1);
      await store.erase({ site: 'a-site', contactId: 'd' });

      expect(await store.due('a-site', 300, 10)).toEqual(found.slice(2));
    });

    test('one is postponed where it is due at that time, and keeps its version', async () => {
      await store.saveState(contact, { ...STATE, dueAt: 100 });
      await store.postpone('a-site', { contactId: contact.contactId, dueAt: 99 }, 500);
      await store.postpone('a-site', { contactId: 'nobody', dueAt: 100 }, 500);
      expect(await store.due('a-site', 1_000, 10)).toMatchObject([{ dueAt: 100 }]);
      await store.postpone('a-site', { contactId: contact.contactId, dueAt: 100 }, 600);

      expect(await store.due('a-site', 1_000, 10)).toEqual([
        { contactId: contact.contactId, dueAt: 600 },
      ]);
      expect((await store.read(contact)).state).toEqual({ ...STATE, dueAt: 600, version: 1 });
      expect(await store.saveState(contact, STATE, 1)).toBe(true);
    });

    test('all contacts that have one are listed, in parts', async () => {
      const ids = Array.from({ length: 7 }, (_, index) => `contact-${index}`);
      for (const contactId of ids) {
        const owner = { site: 'a-site', contactId };
        await store.saveState(owner, STATE);
        await store.addFacts(owner, [order('1', paid(1, 1))]);
      }
      await store.addFacts({ site: 'a-site', contactId: 'without' }, [order('1', paid(1, 1))]);
      await store.saveState({ site: 'another', contactId: 'other' }, STATE);

      for (const most of [1, 3, 7, 100])
        expect(await allContacts(store, 'a-site', most)).toEqual(ids);
      expect(await allContacts(store, 'no-site', 1)).toEqual([]);
    });
  });

  describe(`the rest in ${name}`, () => {
    test('an alias stays as it was last written, until it is removed', async () => {
      await store.saveAlias('a-site', 'a-hash', { contactId: 'one', checkedAt: 5 });
      await store.saveAlias('a-site', 'a-hash', { contactId: 'two', checkedAt: 4 });
      await store.addFacts(reference, [order('1', paid(1, 1))]);
      expect(await store.read(reference)).toEqual({
        facts: [order('1', paid(1, 1))],
        alias: { contactId: 'two', checkedAt: 4 },
        cut: false,
      });
      await store.removeAlias('a-site', 'a-hash');
      await store.removeAlias('a-site', 'no-hash');

      expect(await store.read(reference)).toEqual({
        facts: [order('1', paid(1, 1))],
        cut: false,
      });
    });

    test('a full review goes on where it was', async () => {
      expect(await store.readFullReview('a-site')).toBeUndefined();
      await store.saveFullReview('a-site', { goal: 'a goal', cursor: '{"pk":"…"}' });
      expect(await store.readFullReview('a-site')).toEqual({
        goal: 'a goal',
        cursor: '{"pk":"…"}',
      });
      await store.saveFullReview('a-site', { goal: 'a goal' });

      expect(await store.readFullReview('a-site')).toEqual({ goal: 'a goal' });
      expect(await store.readFullReview('another')).toBeUndefined();
    });

    test('of what a source asked to erase the last time stays', async () => {
      expect(await store.readErasures('a-site')).toEqual({});
      await store.saveErasure('a-site', 'shopify', 20);
      await store.saveErasure('a-site', 'shopify', 10);
      await store.saveErasure('a-site', 'shopify-pos', 5);
      await store.saveErasure('another', 'stripe', 1);

      expect(await store.readErasures('a-site')).toEqual({ shopify: 20, 'shopify-pos': 5 });
    });

    test('nothing is left of who is erased, and all of anybody else', async () => {
      const many = Array.from({ length: 60 }, (_, index) => order(`${index}`, paid(1, 1)));
      await store.addFacts(contact, many);
      await store.saveState(contact, { ...STATE, dueAt: 1 });
      await store.addFacts(reference, many);
      await store.saveAlias('a-site', 'a-hash', { contactId: 'a-contact', checkedAt: 1 });
      await store.erase(contact);

      expect(await store.read(contact)).toEqual({ facts: [], cut: false });
      expect(await store.due('a-site', 10, 10)).toEqual([]);
      expect(await allContacts(store, 'a-site', 10)).toEqual([]);
      expect((await store.read(reference)).facts).toHaveLength(60);
      await store.erase(reference);
      expect(await store.read(reference)).toEqual({ facts: [], cut: false });
    });
  });
}
