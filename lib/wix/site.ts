import { type Credentials, createAuthorizer } from './calls/auth.ts';
import { type BudgetOptions, type CallContext, sendWithinBudget } from './calls/budget.ts';
import { type Call, type ClientOptions, createSend } from './calls/client.ts';
import { WixError } from './calls/failure.ts';
import {
  type ContactInfo,
  type ContactQuery,
  type CreatedContact,
  createContact,
  type FoundContacts,
  getContact,
  labelContact,
  queryContacts,
  unlabelContact,
  type WixContact,
} from './contacts.ts';
import { findOrCreateLabel, queryLabels } from './labels.ts';
import { getMemberContact, queryMemberContacts } from './members.ts';

/** Wix as the worker sees it: one site, for the rest of one invocation. Every call throws WixError. */
export interface WixSite {
  /** The key of the label with exactly this display name; made if there is none. */
  findOrCreateLabel(name: string): Promise<string>;
  /** The keys of those names that exist, as far as Wix's (possibly stale) index knows. */
  queryLabels(names: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Adds labels, 100 keys at the most; gives the keys the contact then has. */
  labelContact(contactId: string, keys: readonly string[]): Promise<readonly string[]>;
  /** Removes labels, as many keys as `removalsOf` puts into a call; gives the keys the contact then has. */
  unlabelContact(contactId: string, keys: readonly string[]): Promise<readonly string[]>;
  /** The contact, or the one it was merged into; undefined when Wix knows neither. */
  getContact(contactId: string): Promise<WixContact | undefined>;
  /** Those contacts that hold any of the values, as far as Wix's (possibly stale) index knows. */
  queryContacts(query: ContactQuery): Promise<FoundContacts>;
  /** Makes a contact, or names the one that Wix takes for the same person. */
  createContact(info: ContactInfo): Promise<CreatedContact>;
  /** The contact behind a member id; undefined when there is no such member. */
  getMemberContact(memberId: string): Promise<string | undefined>;
  /** Contact ids by member id, of those members that Wix's index shows. */
  queryMemberContacts(memberIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

export interface WixOptions extends ClientOptions, Omit<BudgetOptions, 'oneSite'> {
  readonly credentials: Credentials;
}

/** Opens sites of one Wix account or app. Tokens and budgets are kept for the life of the process. */
export function createWix(options: WixOptions): (context: CallContext) => WixSite {
  const open = openCalls(options);
  return (context) => wixSite(open(context));
}

/** The calls of one Wix account or app, with its credentials and within each site's budget. */
export function openCalls(options: WixOptions): (context: CallContext) => Call {
  // An API key is one site's here; an app may be installed on several.
  const oneSite = options.credentials.kind === 'api-key';
  const send = sendWithinBudget(createSend(options), { ...options, oneSite });
  const authorizer = createAuthorizer(options.credentials, send, options.clock);

  return (context) => {
    const { site } = context;
    return async (request) => {
      const headers = await authorizer.headers(context);
      try {
        return await send(request, headers, context);
      } catch (error) {
        const unauthenticated = error instanceof WixError && error.failure.status === 401;
        if (!unauthenticated || !authorizer.refused(site, headers)) throw error;
        const others = await authorizer.headers(context);
        try {
          return await send(request, others, context);
        } catch (again) {
          if (again instanceof WixError && again.failure.status === 401) {
            authorizer.refused(site, others);
          }
          throw again;
        }
      }
    };
  };
}

/** The operations on one site. */
export const wixSite = (call: Call): WixSite => ({
  findOrCreateLabel: (name) => findOrCreateLabel(call, name),
  queryLabels: (names) => queryLabels(call, names),
  labelContact: (contactId, keys) => labelContact(call, contactId, keys),
  unlabelContact: (contactId, keys) => unlabelContact(call, contactId, keys),
  getContact: (contactId) => getContact(call, contactId),
  queryContacts: (query) => queryContacts(call, query),
  createContact: (info) => createContact(call, info),
  getMemberContact: (memberId) => getMemberContact(call, memberId),
  queryMemberContacts: (memberIds) => queryMemberContacts(call, memberIds),
});
