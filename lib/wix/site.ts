import { type Credentials, createAuthorizer, withFreshCredentials } from './calls/auth.ts';
import { type BudgetOptions, type CallContext, sendWithinBudget } from './calls/budget.ts';
import { type Call, type ClientOptions, createSend } from './calls/client.ts';
import { createContact, getContact, queryContacts } from './contacts.ts';
import { findOrCreateLabel, labelContact, queryLabels, unlabelContact } from './labels.ts';
import { getMemberContact, queryMemberContacts } from './members.ts';

/** Each takes the `call` to make first. */
const OPERATIONS = {
  findOrCreateLabel,
  queryLabels,
  labelContact,
  unlabelContact,
  getContact,
  queryContacts,
  createContact,
  getMemberContact,
  queryMemberContacts,
} as const;
type WithoutCall<Operation> = Operation extends (call: Call, ...args: infer Args) => infer Answer
  ? (...args: Args) => Answer
  : never;

/** One site of Wix, as the worker sees it: each operation without its `call`. Every one throws WixError. */
export type WixSite = {
  -readonly [Name in keyof typeof OPERATIONS]: WithoutCall<(typeof OPERATIONS)[Name]>;
};

/** The operations on one site. */
export function wixSite(call: Call): WixSite {
  const bound = Object.entries(OPERATIONS).map(([name, operation]) => [
    name,
    (operation as (call: Call, ...args: unknown[]) => unknown).bind(undefined, call),
  ]);
  return Object.fromEntries(bound);
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
  return (context) => withFreshCredentials(authorizer, send, context);
}
