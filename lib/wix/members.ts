import * as z from 'zod/mini';
import type { Call } from './calls/client.ts';
import { WixError } from './calls/failure.ts';

const MembersAnswer = z.object({
  members: z.nullish(z.array(z.object({ id: z.string(), contactId: z.nullish(z.string()) }))),
});
const MemberAnswer = z.object({
  member: z.object({ id: z.nullish(z.string()), contactId: z.nullish(z.string()) }),
});

/**
 * Get Member: the contact of a member id. Needs "Read Members".
 * https://dev.wix.com/docs/rest/crm/members-contacts/members/members/get-member (checked 2026-11-21)
 * The answer to an unknown id is not documented: any 404 in Wix's envelope is read as no such member.
 */
export async function getMemberContact(call: Call, memberId: string): Promise<string | undefined> {
  try {
    const { member } = await call({
      operation: 'getMember',
      method: 'GET',
      path: `/members/v1/members/${encodeURIComponent(memberId)}`,
      answer: MemberAnswer,
    });
    const isAnother = member.id && member.id.toLowerCase() !== memberId.toLowerCase();
    return isAnother ? undefined : member.contactId || undefined;
  } catch (error) {
    if (error instanceof WixError && error.failure.status === 404 && error.failure.envelope) {
      return undefined;
    }
    throw error;
  }
}

/**
 * Query Members by id: contact ids by member id. A missing one may still be a member (the index may be behind,
 * the default fieldset may leave some out), so ask for each of those.
 * `id` with `$in`: npm @wix/auto_sdk_members_members 1.0.135 (checked 2026-11-21).
 */
export async function queryMemberContacts(
  call: Call,
  memberIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { members } = await call({
    operation: 'queryMembers',
    method: 'POST',
    path: '/members/v1/members/query',
    body: { query: { filter: { id: { $in: memberIds } }, paging: { limit: 100 } } },
    answer: MembersAnswer,
  });
  return new Map(
    (members ?? []).flatMap(({ id, contactId }) => (contactId ? [[id, contactId] as const] : [])),
  );
}
