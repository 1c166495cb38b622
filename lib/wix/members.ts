import * as z from 'zod/mini';
import type { Call } from './client.ts';
import { WixError } from './failure.ts';

const MemberAnswer = z.object({
  member: z.object({ contactId: z.optional(z.nullable(z.string())) }),
});

/**
 * Get Member: the bridge from a member id to its contact. Needs "Read Members".
 * https://dev.wix.com/docs/rest/crm/members-contacts/members/members/get-member (checked 2026-11-21)
 * What an unknown id answers is not documented; any 404 is read as no such member, as is a site
 * without members.
 */
export async function getMemberContact(call: Call, memberId: string): Promise<string | undefined> {
  try {
    const { member } = await call({
      operation: 'getMember',
      method: 'GET',
      path: `/members/v1/members/${encodeURIComponent(memberId)}`,
      answer: MemberAnswer,
    });
    return member.contactId || undefined;
  } catch (error) {
    if (error instanceof WixError && error.failure.status === 404) return undefined;
    throw error;
  }
}
