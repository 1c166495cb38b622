import type { WixFailure } from './failure.ts';

/** What an answer means, whatever job it was for. */
export type FailureKind =
  | 'contact-not-found' // not created yet, merged away, deleted, or a member's id
  | 'label-unknown' // a label operation's 404 with another code: the key no longer exists
  | 'labels-quota-reached' // the site is full; only a person can free room
  | 'precondition-failed' // any other 428
  | 'bad-request' // our fault, the rule's, or the key no longer exists
  | 'credentials' // the site refuses every job until a person repairs it
  | 'members-unreadable' // the site refuses to look up members until a person permits it
  | 'throttled' // the site's budget is used up
  | 'transient' // heals by itself, or no Wix service wrote it, so it says nothing
  | 'unexpected-response' // Wix wrote it, and no row of the table fits
  | Unsent; // nothing was sent

const UNSENT_KINDS = ['deadline', 'rate-limited', 'circuit-open'] as const;
type Unsent = (typeof UNSENT_KINDS)[number];

/** Nothing was asked of Wix, for want of time, of budget, or because the site's breaker is open. */
export const isUnsent = (kind: string): boolean => UNSENT_KINDS.some((unsent) => unsent === kind);

const LABEL_OPERATIONS: ReadonlySet<string> = new Set(['labelContact', 'unlabelContact']);
const MEMBER_OPERATIONS: ReadonlySet<string> = new Set(['getMember', 'queryMembers']);
const LATER_STATUSES: ReadonlySet<number> = new Set([408, 425]);

/** The answer table of docs/architecture.md, from a failed call to what it means. Pure and total. */
export function classify(failure: WixFailure): FailureKind {
  const { kind, operation, status = 0, code } = failure;
  if (kind === 'deadline' || kind === 'rate-limited' || kind === 'circuit-open') return kind;
  // Without a token that can be used every job of the site fails.
  if (operation === 'createToken' && kind === 'unexpected-response') return 'credentials';
  if (kind !== 'answer') return 'transient';
  if (status === 429) return 'throttled';
  if (LATER_STATUSES.has(status) || (status >= 500 && status !== 501)) return 'transient';
  if (operation === 'createToken' || status === 401) return 'credentials';
  // A redirect says where to ask, not what becomes of the job.
  if (status < 400 || status === 409 || !isOfWix(failure)) return 'transient';
  switch (status) {
    case 400:
      return 'bad-request';
    case 403:
      return MEMBER_OPERATIONS.has(operation) ? 'members-unreadable' : 'credentials';
    case 404:
      if (!LABEL_OPERATIONS.has(operation)) return 'unexpected-response';
      return code === 'CONTACT_NOT_FOUND' ? 'contact-not-found' : 'label-unknown';
    case 428:
      return code === 'LABELS_QUOTA_REACHED' ? 'labels-quota-reached' : 'precondition-failed';
    default:
      return 'unexpected-response';
  }
}

/** A Wix service wrote it, and nothing in between: a code is read from Wix's envelope alone. */
const isOfWix = ({ envelope = false, code }: WixFailure): boolean => envelope || code !== undefined;

/**
 * Whether Label or Unlabel Contact may have failed for a key that Wix does not know, or does not know yet. Wix
 * does not document the answer, so it is any permanent one, a conflict, and any 404.
 */
export function mayBeTheKey(failure: WixFailure): boolean {
  const { operation, status } = failure;
  if (failure.kind !== 'answer' || !LABEL_OPERATIONS.has(operation)) return false;
  const kind = classify(failure);
  if (kind === 'contact-not-found' || kind === 'labels-quota-reached') return false;
  return isPermanent(kind) || status === 404 || (status === 409 && isOfWix(failure));
}

const PERMANENT_KINDS = [
  'label-unknown',
  'labels-quota-reached',
  'precondition-failed',
  'bad-request',
  'unexpected-response',
] as const satisfies readonly FailureKind[];
type PermanentKind = (typeof PERMANENT_KINDS)[number];
const PERMANENT: ReadonlySet<string> = new Set(PERMANENT_KINDS);

/** Wix would give the same answer again. */
export function isPermanent(kind: string): kind is PermanentKind {
  return PERMANENT.has(kind);
}
