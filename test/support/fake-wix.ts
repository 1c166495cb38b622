import type { CallContext } from '../../lib/wix/calls/budget.ts';
import { type Operation, WixError, type WixFailure } from '../../lib/wix/calls/failure.ts';
import type { WixContact } from '../../lib/wix/contacts.ts';
import type { WixSite } from '../../lib/wix/site.ts';

/** A contact of the fake Wix: what a test says of it, and the label keys it has. */
interface FakeContact {
  readonly emails: readonly string[];
  readonly phones: readonly string[];
  readonly memberId: string | undefined;
  readonly createdDate: string;
  readonly keys: Set<string>;
}

/** An answer of Wix's own that is no success. */
export const refusal = (
  operation: Operation,
  status: number,
  over: Partial<WixFailure> = {},
): WixError => new WixError({ operation, kind: 'answer', status, envelope: true, ...over });

const duplicateOf = (duplicateContactId: string): WixFailure =>
  refusal('createContact', 409, { code: 'DUPLICATE_CONTACT_EXISTS', data: { duplicateContactId } })
    .failure;

/**
 * One site of Wix in memory, without HTTP: what is labelled is labelled, an unknown contact is a 404
 * CONTACT_NOT_FOUND, a key of no label a 404 NOT_FOUND. `before` and `after` a call takes effect a test
 * may throw, or wait.
 */
export function createFakeWix() {
  const contacts = new Map<string, FakeContact>();
  const mergedInto = new Map<string, string>();
  const labels = new Map<string, string>();
  /** How often a name was made a label: each time it gets another key. */
  const made = new Map<string, number>();
  /** How many contacts there ever were: no id is given twice, as at Wix. */
  let added = 0;
  const calls: string[] = [];
  const hooks = {
    before: (_operation: Operation, ..._args: readonly unknown[]): unknown => undefined,
    after: (_operation: Operation, ..._args: readonly unknown[]): unknown => undefined,
    labelsQuota: Number.POSITIVE_INFINITY,
  };

  async function call<T>(operation: Operation, args: readonly unknown[], act: () => T): Promise<T> {
    calls.push([operation, ...args].join(' '));
    await hooks.before(operation, ...args);
    const answer = act();
    await hooks.after(operation, ...args);
    return answer;
  }
  const toContact = (id: string, { keys, memberId: _, ...rest }: FakeContact): WixContact => ({
    id,
    ...rest,
    primaryEmail: rest.emails[0],
    primaryPhone: rest.phones[0],
    labelKeys: [...keys],
  });
  function contactFor(operation: Operation, id: string): FakeContact {
    const contact = contacts.get(id);
    if (!contact) throw refusal(operation, 404, { code: 'CONTACT_NOT_FOUND' });
    return contact;
  }
  function makeLabel(name: string): string {
    const times = (made.get(name) ?? 0) + 1;
    made.set(name, times);
    const key = times === 1 ? `key of ${name}` : `key ${times} of ${name}`;
    labels.set(name, key);
    return key;
  }
  function change(operation: Operation, id: string, keys: readonly string[], has: boolean) {
    const contact = contactFor(operation, id);
    const known = new Set(labels.values());
    if (keys.some((key) => !known.has(key))) throw refusal(operation, 404, { code: 'NOT_FOUND' });
    for (const key of keys) contact.keys[has ? 'add' : 'delete'](key);
    return [...contact.keys];
  }
  const memberContact = (memberId: string): string | undefined =>
    [...contacts].find(([, contact]) => contact.memberId === memberId)?.[0];

  const site: WixSite = {
    findOrCreateLabel: (name) =>
      call('findOrCreateLabel', [name], () => {
        const key = labels.get(name);
        if (key !== undefined) return key;
        if (labels.size < hooks.labelsQuota) return makeLabel(name);
        const data = {
          labelsQuota: `${hooks.labelsQuota}`,
          labelsCurrentTotal: `${labels.size}`,
        };
        throw refusal('findOrCreateLabel', 428, { code: 'LABELS_QUOTA_REACHED', data });
      }),
    queryLabels: (names) =>
      call(
        'queryLabels',
        names,
        () => new Map([...labels].filter(([name]) => names.includes(name))),
      ),
    labelContact: (id, keys) =>
      call('labelContact', [id, `[${keys}]`], () => change('labelContact', id, keys, true)),
    unlabelContact: (id, keys) =>
      call('unlabelContact', [id, `[${keys}]`], () => change('unlabelContact', id, keys, false)),
    getContact: (id) =>
      call('getContact', [id], () => {
        let left = id;
        for (let next = mergedInto.get(id); next !== undefined; next = mergedInto.get(next))
          left = next;
        const contact = contacts.get(left);
        return contact && toContact(left, contact);
      }),
    queryContacts: ({ by, values }) =>
      call('queryContacts', [by, `[${values}]`], () => {
        const holds = (its: readonly string[]): boolean => its.some((one) => values.includes(one));
        const found = [...contacts].filter(([, { emails, phones }]) =>
          holds(by === 'email' ? emails : phones),
        );
        return { contacts: found.map(([id, one]) => toContact(id, one)), complete: true };
      }),
    createContact: ({ email, phone }) =>
      call('createContact', [email ?? phone], () => {
        const twin = email && [...contacts].find(([, { emails }]) => emails.includes(email));
        if (twin) return { id: twin[0], duplicate: duplicateOf(twin[0]) };
        const id = `new ${added + 1}`;
        addContact(id, { ...(email && { emails: [email] }), ...(phone && { phones: [phone] }) });
        return { id };
      }),
    getMemberContact: (memberId) => call('getMember', [memberId], () => memberContact(memberId)),
    queryMemberContacts: (memberIds) =>
      call('queryMembers', [`[${memberIds}]`], () => {
        const found = memberIds.map((memberId) => [memberId, memberContact(memberId)] as const);
        return new Map(found.flatMap(([memberId, id]) => (id ? [[memberId, id] as const] : [])));
      }),
  };

  function addContact(id: string, over: Partial<Omit<FakeContact, 'keys'>> = {}): string {
    const nobody = { emails: [], phones: [], memberId: undefined, createdDate: '2026' };
    contacts.set(id, { ...nobody, ...over, keys: new Set() });
    added += 1;
    return id;
  }

  /** A site as the budget opens it: the breaker is asked before each call, and each is reported. */
  function openSite({ breaker, probe = false, onCall }: CallContext): WixSite {
    const guarded = Object.entries(site).map(([name, ask]) => [
      name,
      async (...args: readonly unknown[]) => {
        const retryAfterMs = breaker?.waitMs(probe) ?? 0;
        if (retryAfterMs > 0) {
          throw new WixError({ operation: 'getContact', kind: 'circuit-open', retryAfterMs });
        }
        onCall?.();
        return (ask as (...args: readonly unknown[]) => unknown)(...args);
      },
    ]);
    return Object.fromEntries(guarded);
  }

  return {
    site,
    openSite,
    hooks,
    /** Each as `operation argument …`; lists in brackets. */
    calls,
    contacts,
    labels,
    addContact,
    makeLabel,
    /** The target gets what the source has. */
    merge(source: string, target: string): void {
      const from = contacts.get(source);
      const into = contacts.get(target);
      if (from && into) {
        const both = (one: 'emails' | 'phones') => [...new Set([...into[one], ...from[one]])];
        contacts.set(target, {
          ...into,
          emails: both('emails'),
          phones: both('phones'),
          keys: new Set([...into.keys, ...from.keys]),
        });
      }
      contacts.delete(source);
      mergedInto.set(source, target);
    },
    /** As a person does it: off every contact, and its key is of no label any more. */
    deleteLabel(name: string): void {
      const key = labels.get(name) ?? '';
      labels.delete(name);
      for (const { keys } of contacts.values()) keys.delete(key);
    },
    /** The display names of a contact's labels, sorted. */
    labelsOf: (id: string): readonly string[] =>
      [...labels].flatMap(([name, key]) => (contacts.get(id)?.keys.has(key) ? [name] : [])).sort(),
  };
}
