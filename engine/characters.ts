// fauxqs does not export it: it is taken from its folder.
import { INVALID_MESSAGE_BODY_CHAR } from '../node_modules/fauxqs/dist/sqs/sqsTypes.js';

/**
 * What SQS refuses in a message: all but #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to
 * #x10FFFF. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 * (checked 2026-11-28)
 */
const REFUSED = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

/**
 * Lets the emulator take the text that SQS takes. That of fauxqs 2.4.1 asks a regular expression that looks
 * at UTF-16 units, and so refuses whatever stands beyond U+FFFF, every emoji among it.
 */
export function takeAllCharacters(): void {
  INVALID_MESSAGE_BODY_CHAR.test = (text) => REFUSED.test(text);
}
