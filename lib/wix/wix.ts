import { type Credentials, createAuthorizer } from './auth.ts';
import { type Call, type ClientOptions, createSend, type TimeLeft } from './client.ts';
import {
  type ContactInfo,
  type ContactQuery,
  createContact,
  getContact,
  labelContact,
  queryContacts,
  unlabelContact,
  type WixContact,
} from './contacts.ts';
import { WixError } from './failure.ts';
import { findOrCreateLabel, queryLabels } from './labels.ts';
import { getMemberContact } from './members.ts';

/** Wix as the worker sees it: one site, for the rest of one invocation. Every call throws WixError. */
export interface WixSite {
  /** The key of the label with exactly this display name; made if there is none. */
  findOrCreateLabel(name: string): Promise<string>;
  /** The keys of those names that exist, as far as Wix's (possibly stale) index knows. */
  queryLabels(names: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Adds labels, 100 keys at the most; gives the keys the contact then has. */
  labelContact(contactId: string, keys: readonly string[]): Promise<readonly string[]>;
  /** Removes labels, 100 keys at the most; gives the keys the contact then has. */
  unlabelContact(contactId: string, keys: readonly string[]): Promise<readonly string[]>;
  /** The contact, or the one it was merged into; undefined when Wix knows neither. */
  getContact(contactId: string): Promise<WixContact | undefined>;
  queryContacts(query: ContactQuery): Promise<readonly WixContact[]>;
  /** Makes a contact, or gives the id of the one that Wix says is the same person. */
  createContact(info: ContactInfo): Promise<string>;
  /** The contact behind a member id; undefined when there is no such member. */
  getMemberContact(memberId: string): Promise<string | undefined>;
}

export interface WixOptions extends Omit<ClientOptions, 'baseUrl'> {
  readonly baseUrl: string;
  readonly credentials: Credentials;
}

/** Opens sites of one Wix account or app. Tokens are kept for the life of the process. */
export function createWix(options: WixOptions): (site: string, timeLeft: TimeLeft) => WixSite {
  const send = createSend(options);
  const authorizer = createAuthorizer(options.credentials, send, options.now);

  function callOf(site: string, timeLeft: TimeLeft): Call {
    return async (request) => {
      const headers = await authorizer.headers(site, timeLeft);
      try {
        return await send(request, headers, timeLeft);
      } catch (error) {
        const unauthenticated = error instanceof WixError && error.failure.status === 401;
        if (!unauthenticated || !authorizer.refused(site, headers)) throw error;
        const others = await authorizer.headers(site, timeLeft);
        try {
          return await send(request, others, timeLeft);
        } catch (again) {
          if (again instanceof WixError && again.failure.status === 401) {
            authorizer.refused(site, others);
          }
          throw again;
        }
      }
    };
  }

  return (site, timeLeft) => {
    const call = callOf(site, timeLeft);
    return {
      findOrCreateLabel: (name) => findOrCreateLabel(call, name),
      queryLabels: (names) => queryLabels(call, names),
      labelContact: (contactId, keys) => labelContact(call, contactId, keys),
      unlabelContact: (contactId, keys) => unlabelContact(call, contactId, keys),
      getContact: (contactId) => getContact(call, contactId),
      queryContacts: (query) => queryContacts(call, query),
      createContact: (info) => createContact(call, info),
      getMemberContact: (memberId) => getMemberContact(call, memberId),
    };
  };
}
