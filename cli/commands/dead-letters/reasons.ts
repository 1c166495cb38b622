import type { DeadLetterReason } from '../../../lib/queue/reasons.ts';

/** A message that carries no reason was moved by SQS itself (`maxReceiveCount`). */
export const NO_REASON = 'moved-by-sqs';

/** Why a message is in the dead-letter queue. */
type Reason = DeadLetterReason | typeof NO_REASON;

const REFUSED =
  "Wix refused it for good: replay one (`--id`). If it comes back, ask Wix's support, with the request id on the dead letter";
const NOT_CALLED = 'the site could not be called for 13 days';
const STORE_OUT = 'for 13 days DynamoDB did not do what it was asked: replay';
const FAULT = 'a fault, or a message of another version: please report it';
const INCOMPLETE = 'the detail says what the delivery lacks; the raw request is the body';

/** What to do about each reason, in one line. README.md has the same table. */
export const REMEDIES: Readonly<Record<Reason, string>> = {
  'contact-not-found':
    'the person is no contact of the site, two hours on: create it and replay, or replay with `--missing create`',
  'labels-quota-reached':
    'the site has no room for labels: delete some, wait ten minutes, replay. The dead letter holds only the labels that found none',
  'rule-failed':
    'the detail names the rule and why: guard a missing field with `has(…)`, or let the rule do less',
  unreadable: INCOMPLETE,
  'no-contact-reference': INCOMPLETE,
  'bad-request': REFUSED,
  'label-unknown': REFUSED,
  'label-not-applied': REFUSED,
  'precondition-failed': REFUSED,
  'unexpected-response': REFUSED,
  transient: 'the failure lasted for three days',
  'members-unreadable': 'for three days Wix did not say whose a member id is: allow "Read Members"',
  'store-throttled': STORE_OUT,
  'store-unavailable': STORE_OUT,
  'store-refused':
    'the table of histories is not there, or not open to the worker: `./earmark doctor` says which. Deploy, then replay',
  credentials: NOT_CALLED,
  throttled: NOT_CALLED,
  'circuit-open': NOT_CALLED,
  'rate-limited': NOT_CALLED,
  deadline: NOT_CALLED,
  exception: FAULT,
  'invalid-job': FAULT,
  'job-too-large': FAULT,
  'moved-by-sqs':
    'SQS moved it here after 1,000 receives: it ended the worker each time. Please report it',
};

/** What to do about a reason; undefined for one of another version. */
export const remedyOf = (reason: string): string | undefined =>
  Object.hasOwn(REMEDIES, reason) ? REMEDIES[reason as Reason] : undefined;
