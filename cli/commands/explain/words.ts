import type { RetryReason } from '../../../lib/labelling/retry.ts';
import type { DeliveryReason, JobReason } from '../../../lib/queue/reasons.ts';
import type { LogMessage } from '../../../lib/runtime/log.ts';

/** Why a job is tried again or dead, by the reason in its line; docs/architecture.md has the table. */
const REASONS: Readonly<Record<RetryReason | JobReason | DeliveryReason, string>> = {
  'contact-not-found': 'the site has no such contact',
  'label-too-new': 'Wix does not know the label yet, which it just made or found',
  throttled: 'the site had no requests left at Wix',
  credentials: 'Wix refused the credentials',
  'members-unreadable': 'Wix did not let the members be read',
  transient: 'Wix did not answer as it should',
  exception: 'a fault in Earmark',
  deadline: 'the function was about to end',
  'rate-limited': "the site's requests of this minute were used up",
  'circuit-open': 'the calls to the site are paused',
  'labels-quota-reached': 'the site has no room for another label',
  'label-unknown': 'Wix does not know the label any more',
  'label-not-applied': 'Wix answered 200, but did not change the labels',
  'bad-request': 'Wix refused the request as wrong',
  'precondition-failed': 'a precondition of Wix is not met',
  'unexpected-response': 'Wix answered what Earmark does not understand',
  'store-throttled': 'DynamoDB throttled the table of histories',
  'store-unavailable': 'DynamoDB did not answer as it should',
  'store-refused': 'DynamoDB did not let the worker at the table of histories',
  'rule-failed': 'a rule failed',
  unreadable: 'it could not be read',
  'no-contact-reference': 'it names nobody',
  'job-too-large': 'its labels do not fit one message',
};

/** A reason in words; one that is not known here as it stands. */
export const reasonInWords = (reason: string | undefined): string =>
  Object.hasOwn(REASONS, reason ?? '')
    ? REASONS[reason as JobReason]
    : (reason ?? 'the log does not say why');

const WAITS: Readonly<Partial<Record<RetryReason, string>>> = {
  'contact-not-found': 'for the contact',
  'label-too-new': 'for Wix to know the label',
  throttled: 'until Wix takes requests for the site again',
  credentials: 'for credentials that Wix takes',
  'members-unreadable': 'until members may be read',
  transient: 'for Wix',
  'store-throttled': 'for DynamoDB',
  'store-unavailable': 'for DynamoDB',
  'store-refused': 'until the table of histories may be used',
};

/** What a job that is tried again waits for: `Waits for the contact`. */
export const waitInWords = (reason: string | undefined): string =>
  ['Waits', WAITS[reason as RetryReason]].filter(Boolean).join(' ');

/** The functions' other lines about an event. */
const NOTES: Readonly<Record<Exclude<LogMessage, 'delivery' | 'kept' | 'job' | 'wake'>, string>> = {
  received: 'a delivery began',
  'interpretation-failed': 'a fault in Earmark: the delivery is kept as it came',
  'secret-malformed': 'the secret of the source cannot be used',
  'secret-weak': 'the secret of the source is weak',
  exception: 'a fault in Earmark',
  breaker: 'the breaker of the site',
  throttled: 'Wix throttled the site',
  'rate-limited': 'the requests of the site are used up for now',
  'labels-quota-reached': 'the site has no room for another label',
  'labels-quota-lifted': 'the site has room for labels again',
  'members-unreadable': 'Wix did not let the members be read',
  'token-unusable': 'Wix gave the app a token that cannot be sent',
  'invalid-job': 'a message that is no job: it is kept as a dead letter',
  'not-finished': 'SQS did not take the outcome: the job comes back',
  'not-postponed':
    'SQS did not postpone the job: it comes back when its time at the worker is over',
  'standing-undecided': 'a standing label stays as it is, for it could not be decided',
  'timeout-too-short': 'the function had too little time for the calls of a job',
};

/** What another line means; one of a message that is not known here as it stands. */
export const noteInWords = (message: string): string =>
  Object.hasOwn(NOTES, message) ? NOTES[message as keyof typeof NOTES] : message;
