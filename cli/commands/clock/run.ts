import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { siteIn } from '../../../lib/runtime/settings.ts';
import { createHistoryStore } from '../../../lib/store/dynamodb.ts';
import { goesOnAt } from '../../../lib/waking/wake.ts';
import { type CommandContext, endWith, usingTarget } from '../../kit/command.ts';
import { CliFailure, EXIT, wrongUsage } from '../../kit/failure.ts';
import { progress } from '../../kit/progress.ts';
import type { Target } from '../../kit/target.ts';
import { many, span } from '../../kit/words.ts';
import { changedLabels } from './changes.ts';
import { engineClock } from './control.ts';
import { momentOf } from './moment.ts';
import { MOVED, type Moved, moveOn, type Reviews } from './move.ts';

/** `earmark clock [time]`. */
export async function clock(
  time: string | undefined,
  { stage }: { readonly stage?: string },
  context: CommandContext,
): Promise<void> {
  if (stage !== undefined) {
    throw wrongUsage(
      `The time of stage ${stage} is that of AWS:\nonly the local engine's is moved.`,
    );
  }
  await usingTarget({}, context, async (target) => {
    const { controlUrl } = target;
    if (controlUrl === undefined) {
      throw new CliFailure(
        'This engine labels a real site, whose time goes by itself.\nWithout WIX_API_URL npm start has a simulated Wix.',
        EXIT.usage,
      );
    }
    const engine = engineClock(controlUrl);
    const { out } = context.terminal;
    if (time !== undefined) await move(momentOf(time, await engine.now()), target, context);
    out.write(
      `It is ${new Date(await engine.now()).toISOString().slice(0, 19)}Z for the engine.\n`,
    );
  });
}

async function move(to: number, target: Target, { terminal }: CommandContext): Promise<void> {
  const since = await engineClock(target.controlUrl ?? '').now();
  const bar = progress(terminal, 'Time', MOVED);
  try {
    const { lateMs, ...left } = await moveClock(to, target, terminal.signal, bar.to);
    bar.stop();
    if (target.history === undefined) return;
    for (const line of await changedLabels(target, since)) terminal.out.write(`${line}\n`);
    if (lateMs > 0) terminal.err.write(putOff(lateMs));
    if (left.due + left.jobs === 0) return;
    terminal.err.write(`${leftInWords(left)}:\nnpm start says why.\n`);
    endWith(EXIT.found);
  } finally {
    bar.stop();
  }
}

export const leftInWords = ({ due, jobs }: Pick<Moved, 'due' | 'jobs'>): string =>
  `${many(due, 'contact')} due and ${many(jobs, 'job')} left, and nothing goes on`;

/** Moves the clock of the engine on, and does what is due on the way. @returns what is not done */
export async function moveClock(
  to: number,
  target: Target,
  signal: AbortSignal,
  onStep: (done: number) => void = () => {},
): Promise<Moved> {
  const clock = engineClock(target.controlUrl ?? '');
  if (target.history === undefined) {
    await clock.moveTo(to);
    return { due: 0, jobs: 0, lateMs: 0 };
  }
  const { reviews, close } = await openReviews(target);
  try {
    return await moveOn(to, { clock, reviews, signal, onStep });
  } finally {
    close();
  }
}

const putOff = (lateMs: number): string =>
  `Reviews were due at more times than are stopped at: the later ones were done\ntogether, up to ${span(lateMs)} after they were due. Shorter moves stop at each.\n`;

/** How many contacts are looked at: more are as good as this many. */
const MOST_DUE = 1_000;

async function openReviews({ history, settings, sqs, queueUrl }: Target) {
  const { table = '', client: config = {} } = history ?? {};
  const client = new DynamoDBClient(config);
  // It writes nothing that is kept for a time.
  const store = createHistoryStore({ table, client, now: Date.now, retentionMs: 0 });
  const site = siteIn(await settings()) ?? '';
  const reviews: Reviews = {
    async nextDue(until) {
      const [contact] = await store.due(site, until, 1);
      const all = goesOnAt(await store.readFullReview(site)) ?? until;
      return Math.min(contact?.dueAt ?? until, all);
    },
    async left(until) {
      const command = new GetQueueAttributesCommand({
        QueueUrl: queueUrl,
        AttributeNames: ['All'],
      });
      const { Attributes = {} } = await sqs.send(command);
      const due = await store.due(site, until, MOST_DUE);
      const { ApproximateNumberOfMessages: seen, ApproximateNumberOfMessagesNotVisible: unseen } =
        Attributes;
      const all = goesOnAt(await store.readFullReview(site));
      const isUnderWay = all !== undefined && all <= until;
      return { due: due.length + (isUnderWay ? 1 : 0), jobs: Number(seen) + Number(unseen) };
    },
  };
  return { reviews, close: () => client.destroy() };
}
