import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  labelsOf,
  type DeadLetter as QueuedDeadLetter,
  toDeadLetter,
} from '../../cli/commands/dead-letters/dead-letter.ts';
import { createDeadLetterQueue } from '../../cli/commands/dead-letters/dead-letter-queue.ts';
import { deleteById } from '../../cli/commands/dead-letters/drop.ts';
import { leasing } from '../../cli/commands/dead-letters/lease.ts';
import { remedyOf } from '../../cli/commands/dead-letters/reasons.ts';
import { planReplay } from '../../cli/commands/dead-letters/replay-plan.ts';
import { replayThrottled } from '../../cli/commands/dead-letters/throttle.ts';
import { reasonInWords } from '../../cli/commands/explain/words.ts';
import { readMapping } from '../../cli/kit/current-rules.ts';
import type { Target } from '../../cli/kit/target.ts';
import { createQueue } from '../../lib/queue/queue.ts';
import type { DeadLetter } from '../../page/api.ts';
import { type Message, toReceived } from '../../simulators/sqs/message.ts';
import { Refusal } from './refusal.ts';

/** The latest dead letters that are shown. */
const MOST_SHOWN = 500;
/** One at a time, by hand. */
const PER_MINUTE = 600;

/** The dead letters among the messages of their queue, the latest first. */
export const deadLettersIn = (messages: readonly Message[]): readonly DeadLetter[] =>
  messages
    .slice(-MOST_SHOWN)
    .map((message) => toShown(toDeadLetter(toReceived(message))))
    .reverse();

function toShown(deadLetter: QueuedDeadLetter): DeadLetter {
  const { id, sentAt, info, content } = deadLetter;
  const { contact = {}, id: flowId } = content.kind === 'job' ? content.job : {};
  const { reason, detail } = info;
  return {
    id,
    flowId,
    at: sentAt,
    reason,
    detail: detail ?? reasonInWords(reason),
    remedy: remedyOf(reason) ?? 'This version of Earmark does not know the reason.',
    person: 'email' in contact ? contact.email : Object.values(contact)[0],
    labels: labelsOf(deadLetter),
  };
}

interface Work {
  readonly target: Target;
  /** The rules file, absolute. */
  readonly rules: string;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** Sends the job of one again, and deletes it. @throws Refusal where it stays, and why */
export async function replayOne(id: string, { target, rules, now, signal }: Work): Promise<void> {
  const queue = createDeadLetterQueue(target.sqs, target.deadLetterQueueUrl);
  const jobs = createQueue({ client: target.sqs, ...target });
  const { sent, stayed } = await leasing(queue, now, (lease) =>
    replayThrottled({
      ...{ lease, now, signal, perMinute: PER_MINUTE, send: jobs.send },
      filter: (one) => one.id === id,
      plan: (one) =>
        planReplay(one, 'as-they-were', () => readMapping(rules, dirname(rules), target)),
      wait: (ms) => sleep(ms, undefined, { signal }).catch(() => {}),
    }),
  );
  const [staying] = stayed;
  if (staying) throw new Refusal(409, `It stays a dead letter: ${staying.why}`);
  if (sent.length === 0) throw new Refusal(404, NOT_THERE);
}

export async function dropOne(id: string, { target, now, signal }: Work): Promise<void> {
  const queue = createDeadLetterQueue(target.sqs, target.deadLetterQueueUrl);
  const gone = await leasing(queue, now, (lease) =>
    deleteById(lease, new Set([id]), signal, () => {}),
  );
  if (gone.length === 0) throw new Refusal(404, NOT_THERE);
}

const NOT_THERE =
  'There is no such dead letter, or somebody else has it in hand: it can be had again in half a minute.';
