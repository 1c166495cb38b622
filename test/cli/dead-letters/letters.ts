import { toLetter } from '../../../cli/commands/dead-letters/letter.ts';
import { type DeadLetter, letterAttributes } from '../../../lib/queue/dead-letter.ts';
import { START } from '../../support/jobs.ts';

/** A dead letter as it is received. */
export const received = (letter: DeadLetter, id = 'letter-1', sentAt = START) =>
  toLetter({
    MessageId: id,
    ReceiptHandle: `receipt of ${id}`,
    Body: letter.body,
    Attributes: { SentTimestamp: `${sentAt}`, MessageGroupId: letter.group },
    MessageAttributes: letterAttributes(letter),
  });
