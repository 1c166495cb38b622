import type { WixFailure } from './failure.ts';

/**
 * What an answer means, whatever job it was for:
 * - `contact-not-found`: not created yet, merged away, deleted, or a member's id
 * - `label-unknown`: a label operation's 404 with another code: a key that is no more
 * - `labels-quota-reached`: the site is full; only a person can free room
 * - `precondition-failed`: any other 428
 * - `bad-request`: our fault, the rule's, or a key that is no more
 * - `credentials`: the site will refuse every job until a person repairs it
 * - `members-unreadable`: it will refuse to tell whose a member id is until a person permits it
 * - `throttled`: the site's budget is used up
 * - `transient`: heals by itself, or is of no Wix service and says nothing
 * - `deadline`, `rate-limited`, `circuit-open`: nothing was sent
 * - `unexpected-response`: Wix wrote it, and no row of the table fits
 */
export type FailureKind =
  | 'contact-not-found'
  | 'label-unknown'
  | 'labels-quota-reached'
  | 'precondition-failed'
  | 'bad-request'
  | 'credentials'
  | 'members-unreadable'
  | 'throttled'
  | 'transient'
  | Unsent
  | 'unexpected-response';

export type Unsent = 'deadline' | 'rate-limited' | 'circuit-open';
const UNSENT: ReadonlySet<string> = new Set<Unsent>(['deadline', 'rate-limited', 'circuit-open']);

/** Nothing was asked of Wix, for want of time, of budget, or because the site's breaker is open. */
export function isUnsent(kind: FailureKind): kind is Unsent {
  return UNSENT.has(kind);
}

const LABEL_OPERATIONS: ReadonlySet<string> = new Set(['labelContact', 'unlabelContact']);
const MEMBER_OPERATIONS: ReadonlySet<string> = new Set(['getMember', 'queryMembers']);
const LATER_STATUSES: ReadonlySet<number> = new Set([408, 425]);

/**
 * The answer table of docs/architecture.md, from a failed call to what it means. Pure and total. What no
 * Wix service wrote comes from something in between, and says nothing about a job.
 */
export function classify(failure: WixFailure): FailureKind {
  const { kind, operation, status = 0, code } = failure;
  if (kind === 'deadline' || kind === 'rate-limited' || kind === 'circuit-open') return kind;
  // A token is the site's: what refuses it, or gives none that can be used, fails every job.
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

/** A Wix service wrote it: a code is read from Wix's envelope alone. */
const isOfWix = ({ envelope = false, code }: WixFailure): boolean => envelope || code !== undefined;

/**
 * Whether the failure of Label or Unlabel Contact may be for a key that Wix does not know: any more, so
 * that the key is to be found again, or not yet. Wix does not document the answer, so it is any for good, a
 * conflict, and a 404 whoever wrote it.
 */
export function mayBeTheKey(failure: WixFailure): boolean {
  const { operation, status } = failure;
  if (failure.kind !== 'answer' || !LABEL_OPERATIONS.has(operation)) return false;
  const kind = classify(failure);
  if (kind === 'contact-not-found' || kind === 'labels-quota-reached') return false;
  return isPermanent(kind) || status === 404 || (status === 409 && isOfWix(failure));
}

/** What Wix would answer again to the same. */
export type PermanentKind = Extract<
  FailureKind,
  | 'label-unknown'
  | 'labels-quota-reached'
  | 'precondition-failed'
  | 'bad-request'
  | 'unexpected-response'
>;
const PERMANENT: ReadonlySet<FailureKind> = new Set<PermanentKind>([
  'label-unknown',
  'labels-quota-reached',
  'precondition-failed',
  'bad-request',
  'unexpected-response',
]);

/** Asking the same again would give the same answer. */
export function isPermanent(kind: FailureKind): kind is PermanentKind {
  return PERMANENT.has(kind);
}
