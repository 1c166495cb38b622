/** Why a delivery that was verified is kept as it came, before there is a job. */
const DELIVERY_REASONS = [
  'unreadable',
  'no-contact-reference',
  'rule-failed',
  'job-too-large',
] as const;
export type DeliveryReason = (typeof DELIVERY_REASONS)[number];

/** Why a job is given up. What an answer of Wix means is in docs/architecture.md, "What an answer means". */
const JOB_REASONS = [
  'contact-not-found',
  'labels-quota-reached',
  'label-unknown',
  'label-not-applied',
  'bad-request',
  'precondition-failed',
  'unexpected-response',
  'members-unreadable',
  'transient',
  'credentials',
  'throttled',
  'rate-limited',
  'circuit-open',
  'deadline',
  'exception',
] as const;
/** Where there are standing labels: the store of histories did not do what it was asked for. */
const STORE_REASONS = ['store-throttled', 'store-unavailable', 'store-refused'] as const;
export type StoreReason = (typeof STORE_REASONS)[number];
export type JobReason = (typeof JOB_REASONS)[number] | StoreReason;

/** Why there is a dead letter: its attribute `reason`, and the dimension of the metric `DeadLettered`. */
export const DEAD_LETTER_REASONS = [
  ...DELIVERY_REASONS,
  ...JOB_REASONS,
  ...STORE_REASONS,
  'invalid-job',
] as const;
export type DeadLetterReason = (typeof DEAD_LETTER_REASONS)[number];
