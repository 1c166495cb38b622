import * as z from 'zod/mini';
import { GUID } from '../../../lib/events/event.ts';
import { applicationError, ok, type SimulatedAnswer } from '../answers.ts';
import { compileFilter, type FilterFields } from '../filter.ts';
import { limitTooHigh, pageOf, Query } from '../paging.ts';
import { read } from '../reading.ts';
import type { RouteCall } from '../setup.ts';

// Members v1: npm @wix/auto_sdk_members_members 1.0.135 and
// https://dev.wix.com/docs/sdk/backend-modules/members/members/query-members (checked 2026-11-21).
// Of the default fieldset, PUBLIC, only the two ids are imitated.

interface Member {
  readonly id: string;
  readonly contactId: string;
}

const MemberId = z.object({ memberId: z.string().check(z.regex(GUID)) });

const FILTERS: FilterFields<Member> = {
  id: { operators: ['$eq', '$in'], values: ({ id }) => [id] },
  contactId: { operators: ['$eq', '$in'], values: ({ contactId }) => [contactId] },
};

/** What an unknown id answers is not documented: 404 with the general code. */
export function getMember({ site, params }: RouteCall): SimulatedAnswer {
  const { value, refusal } = read(MemberId, params);
  if (refusal) return refusal;
  const id = value.memberId;
  const contactId = site.members.get(id);
  if (contactId === undefined) return applicationError(404, 'NOT_FOUND', `Member ${id} not found`);
  return ok({ member: { id, contactId } });
}

export function queryMembers({ site, body }: RouteCall): SimulatedAnswer {
  const { value, refusal } = read(Query, body ?? {});
  if (refusal) return refusal;
  const { filter, paging } = value.query ?? {};
  const matches = compileFilter(filter, FILTERS, 'UNSUPPORTED_FILTER_FIELD');
  if (typeof matches !== 'function') return matches;
  if ((paging?.limit ?? 0) > 100) return limitTooHigh('query.paging.limit', 100);
  const members = site.members.entries().map(([id, contactId]) => ({ id, contactId }));
  const { items, metadata } = pageOf(members.filter(matches).toArray(), paging, 100);
  return ok({ members: items, metadata });
}
