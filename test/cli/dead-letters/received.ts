import { toDeadLetter } from '../../../cli/commands/dead-letters/dead-letter.ts';
import { type DeadLetterMessage, deadLetterAttributes } from '../../../lib/queue/dead-letter.ts';
import { START } from '../../support/jobs.ts';

/** A dead letter as it is received. */
export const received = (deadLetter: DeadLetterMessage, id = 'dead-letter-1', sentAt = START) =>
  toDeadLetter({
    MessageId: id,
    ReceiptHandle: `receipt of ${id}`,
    Body: deadLetter.body,
    Attributes: { SentTimestamp: `${sentAt}`, MessageGroupId: deadLetter.group },
    MessageAttributes: deadLetterAttributes(deadLetter),
  });
