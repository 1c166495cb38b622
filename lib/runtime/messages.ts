/** The `message` of each line that `receive` logs. */
type ReceiveMessage =
  | 'received'
  | 'delivery'
  | 'interpretation-failed'
  | 'secret-malformed'
  | 'secret-weak';

/** The `message` of each line that `label` logs: `job` for each try at a job, and what happened to its site. */
export type LabelMessage =
  | 'job'
  | 'exception'
  | 'invalid-job'
  | 'not-finished'
  | 'not-postponed'
  | 'timeout-too-short'
  | 'breaker'
  | 'throttled'
  | 'rate-limited'
  | 'labels-quota-reached'
  | 'labels-quota-lifted'
  | 'members-unreadable'
  | 'token-unusable';

export type LogMessage = ReceiveMessage | LabelMessage;
