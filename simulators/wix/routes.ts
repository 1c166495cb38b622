import { pathPattern } from '../path-pattern.ts';
import type { SimulatedAnswer } from './answers.ts';
import type { SimulatedOperation } from './operations.ts';
import * as bulk from './routes/bulk.ts';
import * as contacts from './routes/contacts.ts';
import * as labels from './routes/labels.ts';
import * as members from './routes/members.ts';
import type { RouteCall } from './setup.ts';

type Handler = (call: RouteCall) => SimulatedAnswer;

export interface SimulatedRoute {
  readonly operation: SimulatedOperation;
  readonly params: Readonly<Record<string, string>>;
  /** Undefined for `createToken`, which is no site's. */
  readonly handler: Handler | undefined;
}

const ROUTES: readonly (readonly [string, SimulatedOperation, Handler?])[] = [
  ['POST /contacts/v4/labels', 'findOrCreateLabel', labels.findOrCreateLabel],
  ['GET /contacts/v4/labels', 'listLabels', labels.listLabels],
  ['POST /contacts/v4/labels/query', 'queryLabels', labels.queryLabels],
  ['GET /contacts/v4/labels/{key}', 'getLabel', labels.getLabel],
  ['PATCH /contacts/v4/labels/{key}', 'updateLabel', labels.updateLabel],
  ['DELETE /contacts/v4/labels/{key}', 'deleteLabel', labels.deleteLabel],
  ['POST /contacts/v4/contacts', 'createContact', contacts.createContact],
  ['POST /contacts/v4/contacts/query', 'queryContacts', contacts.queryContacts],
  ['GET /contacts/v4/contacts/{contactId}', 'getContact', contacts.getContact],
  ['POST /contacts/v4/contacts/{contactId}/labels', 'labelContact', contacts.labelContact],
  ['DELETE /contacts/v4/contacts/{contactId}/labels', 'unlabelContact', contacts.unlabelContact],
  [
    'POST /contacts/v4/bulk/contacts/add-remove-labels',
    'bulkLabelAndUnlabelContacts',
    bulk.bulkLabelAndUnlabelContacts,
  ],
  ['GET /contacts/v4/bulk/jobs/{jobId}', 'getBulkJob', bulk.getBulkJob],
  ['GET /contacts/v4/bulk/contact/jobs/{jobId}', 'getBulkJob', bulk.getBulkContactJob],
  ['POST /members/v1/members/query', 'queryMembers', members.queryMembers],
  ['GET /members/v1/members/{memberId}', 'getMember', members.getMember],
  ['POST /oauth2/token', 'createToken'],
];

const MATCHERS = ROUTES.map(
  ([route, operation, handler]) => [pathPattern(route), operation, handler] as const,
);

/** Undefined for a path that is not imitated, or not with this method. */
export function findRoute(method: string, pathname: string): SimulatedRoute | undefined {
  for (const [match, operation, handler] of MATCHERS) {
    const params = match(`${method} ${pathname}`);
    if (params) return { operation, params, handler };
  }
  return undefined;
}
