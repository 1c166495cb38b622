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
import { MOVED, moveOn, type Reviews } from './move.ts';

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
  const engine = engineClock(target.controlUrl ?? '');
  const since = await engine.now();
  if (target.history === undefined) return engine.moveTo(to);
  const { reviews, close } = await openReviews(target);
  const bar = progress(terminal, 'Time', MOVED);
  try {
    const { signal } = terminal;
    const { lateMs, ...left } = await moveOn(to, {
      clock: engine,
      reviews,
      signal,
      onStep: bar.to,
    });
    bar.stop();
    for (const line of await changedLabels(target, since)) terminal.out.write(`${line}\n`);
    if (lateMs > 0) terminal.err.write(putOff(lateMs));
    if (left.due + left.jobs === 0) return;
    terminal.err.write(
      `${many(left.due, 'contact')} due and ${many(left.jobs, 'job')} left, and nothing goes on:\nnpm start says why.\n`,
    );
    endWith(EXIT.found);
  } finally {
    bar.stop();
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
