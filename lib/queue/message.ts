/**
 * The most a message may hold, its attributes counted in: 1 MiB.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html (checked 2026-11-21)
 */
export const MESSAGE_LIMIT_BYTES = 1_048_576;

/** Room kept for the attributes of a dead letter; where a message leaves less, they are cut. */
export const ATTRIBUTES_BYTES = 8 * 1024;

/** The most a body may have, so that as a dead letter it has room for its attributes. */
export const BODY_LIMIT_BYTES = MESSAGE_LIMIT_BYTES - ATTRIBUTES_BYTES;

/**
 * JSON that SQS takes: it refuses U+FFFE and U+FFFF, which JSON leaves as they are, so they are
 * escaped. (JSON.stringify already escapes control characters and lone surrogates.)
 */
export function messageBody(value: unknown): string {
  return JSON.stringify(value).replace(/[\uFFFE\uFFFF]/g, (char) =>
    char === '\uFFFE' ? '\\ufffe' : '\\uffff',
  );
}

/** Text as an SQS attribute takes it: no character it refuses, not longer than `limit` characters. */
export function attributeText(text: string, limit = 1000): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u{20}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .slice(0, limit)
    .toWellFormed();
}
