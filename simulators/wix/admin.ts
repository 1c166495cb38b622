import type { Keep } from '../journal.ts';
import { settleBulkJobs } from './bulk-jobs.ts';
import { addContact, indexEmails, merge } from './contact.ts';
import { nowIso, type Setup } from './setup.ts';
import {
  addLabel,
  createSite,
  dropLabel,
  type SimulatedContact,
  type SimulatedLabel,
  type Site,
} from './state.ts';

export interface NewContact {
  readonly email?: string | undefined;
  readonly phone?: string | undefined;
  readonly firstName?: string | undefined;
  readonly lastName?: string | undefined;
  /** Makes the contact a site member under this id. */
  readonly memberId?: string | undefined;
}

/** What a test, or a person at the dashboard, does to a site: no API, no limits, no calls recorded. */
export interface Admin {
  /** The contact's id. Unlike the API it takes duplicates. @throws Error for an unknown site. */
  addContact(contact: NewContact, siteId?: string): string;
  /** Deletes the contact, and the member it was. @throws Error when there is none. */
  removeContact(contactId: string): void;
  /** @throws Error when either is missing, or the source is a site member (Wix refuses those). */
  mergeContacts(sourceId: string, targetId: string): void;
  /** As if made by hand. @returns its key */
  addLabel(displayName: string, siteId?: string): string;
  /** As if deleted by hand: gone from every contact of the site. @throws Error when there is none. */
  deleteLabel(key: string, siteId?: string): void;
  /** As if somebody chose these labels for the contact by hand. @throws Error for no such contact, or a key of no label */
  setLabels(contactId: string, keys: readonly string[]): void;
  /** A copy; undefined when it does not exist, was removed or merged away. Ids are looked up on all sites. */
  contact(contactId: string): SimulatedContact | undefined;
  /** Copies, oldest first; of all sites unless one is named. */
  contacts(siteId?: string): SimulatedContact[];
  /** Copies, oldest first; of all sites unless one is named. */
  labels(siteId?: string): SimulatedLabel[];
  /** Display names, sorted. @throws Error when there is no such contact. */
  labelNamesOf(contactId: string): string[];
  /** The member id of a contact, if it is a member. */
  memberIdOf(contactId: string): string | undefined;
  siteIdOf(contactId: string): string;
}

export interface Sites {
  readonly byId: ReadonlyMap<string, Site>;
  readonly standard: Site;
}

/** @throws Error when no id is given. */
export function createSites(ids: readonly string[], createdDate: string, keep: Keep): Sites {
  const byId = new Map(ids.map((id) => [id, createSite(id, createdDate, keep)]));
  for (const site of byId.values()) {
    for (const contact of site.contacts.values()) indexEmails(site, contact);
  }
  const [standard] = byId.values();
  if (!standard) {
    throw new Error(
      'The simulated Wix has no site: give apiKey and siteId, or app with at least one of instanceIds.',
    );
  }
  return { byId, standard };
}

export function createAdmin(setup: Setup, sites: Sites): Admin {
  function siteNamed(siteId: string | undefined): Site {
    const site = siteId === undefined ? sites.standard : sites.byId.get(siteId);
    if (site) return site;
    throw new Error(
      `No site ${siteId}. The simulated Wix has: ${[...sites.byId.keys()].join(', ')}`,
    );
  }

  function locate(contactId: string): { site: Site; contact: SimulatedContact } {
    for (const site of sites.byId.values()) {
      settleBulkJobs(setup, site);
      const contact = site.contacts.get(contactId);
      if (contact) return { site, contact };
    }
    throw new Error(`No contact ${contactId} on any site: never made, removed, or merged away.`);
  }

  const memberIdOf = (site: Site, contactId: string): string | undefined =>
    site.members.entries().find(([, owner]) => owner === contactId)?.[0];

  function chosen(siteId?: string): Site[] {
    const found = siteId === undefined ? [...sites.byId.values()] : [siteNamed(siteId)];
    for (const site of found) settleBulkJobs(setup, site);
    return found;
  }

  return {
    addContact({ email, phone, firstName: first, lastName: last, memberId }, siteId) {
      const site = siteNamed(siteId);
      const { newId } = setup;
      const info = {
        name: { first, last },
        ...(email !== undefined && { emails: { items: [{ email }] } }),
        ...(phone !== undefined && { phones: { items: [{ phone }] } }),
      };
      const birth = { id: newId(), newId, createdDate: nowIso(setup), sourceType: 'ADMIN' };
      const { id } = addContact(site, info, birth);
      if (memberId !== undefined) site.members.set(memberId, id);
      return id;
    },
    removeContact(contactId) {
      const { site } = locate(contactId);
      site.contacts.delete(contactId);
      const memberId = memberIdOf(site, contactId);
      if (memberId !== undefined) site.members.delete(memberId);
    },
    mergeContacts(sourceId, targetId) {
      const source = locate(sourceId);
      const target = locate(targetId);
      if (source.contact === target.contact || source.site !== target.site) {
        throw new Error('A contact is merged into another one of the same site.');
      }
      if (memberIdOf(source.site, sourceId) !== undefined) {
        throw new Error(`Contact ${sourceId} is a site member: Wix merges members into nobody.`);
      }
      merge(target.site, source.contact, target.contact, nowIso(setup));
    },
    addLabel: (displayName, siteId) => addLabel(siteNamed(siteId), displayName, nowIso(setup)).key,
    deleteLabel(key, siteId) {
      const site = siteNamed(siteId);
      if (!dropLabel(site, key)) throw new Error(`No label ${key} on site ${site.id}.`);
    },
    setLabels(contactId, keys) {
      const { site, contact } = locate(contactId);
      const unknown = keys.find((key) => !site.labels.has(key));
      if (unknown !== undefined) throw new Error(`No label ${unknown} on site ${site.id}.`);
      contact.info.labelKeys.items = [...new Set(keys)];
      site.contacts.set(contactId, contact);
    },
    contact(contactId) {
      const found = chosen().find(({ contacts }) => contacts.has(contactId));
      return structuredClone(found?.contacts.get(contactId));
    },
    contacts: (siteId) =>
      chosen(siteId).flatMap(({ contacts }) => structuredClone([...contacts.values()])),
    labels: (siteId) =>
      chosen(siteId).flatMap(({ labels }) => structuredClone([...labels.values()])),
    labelNamesOf(contactId) {
      const { site, contact } = locate(contactId);
      return contact.info.labelKeys.items
        .map((key) => site.labels.get(key)?.displayName ?? key)
        .sort();
    },
    memberIdOf: (contactId) => memberIdOf(locate(contactId).site, contactId),
    siteIdOf: (contactId) => locate(contactId).site.id,
  };
}
