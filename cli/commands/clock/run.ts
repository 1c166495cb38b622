import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { createHistoryStore } from '../../../lib/store/dynamodb.ts';
import { type CommandContext, endWith, usingTarget } from '../../kit/command.ts';
import { CliFailure, EXIT, wrongUsage } from '../../kit/failure.ts';
import type { Target } from '../../kit/target.ts';
import { progress } from '../../kit/terminal.ts';
import { many } from '../../kit/words.ts';
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
      `The time of stage ${stage} is that of AWS: only the local engine's is moved.`,
    );
  }
  await usingTarget({}, context, async (target) => {
    const { controlUrl } = target;
    if (controlUrl === undefined) {
      throw new CliFailure(
        'This engine labels a real site, whose time goes by itself. Without WIX_API_URL npm start has a simulated Wix.',
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
    const left = await moveClock(to, target, terminal.signal, bar.to);
    bar.stop();
    if (target.history === undefined) return;
    for (const line of await changedLabels(target, since)) terminal.out.write(`${line}\n`);
    if (left.due + left.jobs === 0) return;
    terminal.err.write(`${leftInWords(left)}: npm start says why.\n`);
    endWith(EXIT.found);
  } finally {
    bar.stop();
  }
}

type Left = Awaited<ReturnType<typeof moveOn>>;

export const leftInWords = ({ due, jobs }: Left): string =>
  `${many(due, 'contact')} due and ${many(jobs, 'job')} left, and nothing goes on`;

/** Moves the clock of the engine on, and does what is due on the way. @returns what is not done */
export async function moveClock(
  to: number,
  target: Target,
  signal: AbortSignal,
  onStep: (done: number) => void = () => {},
): Promise<Left> {
  const clock = engineClock(target.controlUrl ?? '');
  if (target.history === undefined) {
    await clock.moveTo(to);
    return { due: 0, jobs: 0 };
  }
  const { reviews, close } = await openReviews(target);
  try {
    return await moveOn(to, { clock, reviews, signal, onStep });
  } finally {
    close();
  }
}

/** How many contacts are looked at: more are as good as this many. */
const MOST_DUE = 1_000;

async function openReviews({ history, settings, sqs, queueUrl }: Target) {
  const { table = '', client: config = {} } = history ?? {};
  const client = new DynamoDBClient(config);
  // It writes nothing that is kept for a time.
  const store = createHistoryStore({ table, client, now: Date.now, retentionMs: 0 });
  const values = await settings();
  const site = values.get('WIX_SITE_ID') ?? values.get('WIX_INSTANCE_ID') ?? '';
  const reviews: Reviews = {
    nextDue: async (until) => (await store.due(site, until, 1))[0]?.dueAt,
    async left(until) {
      const command = new GetQueueAttributesCommand({
        QueueUrl: queueUrl,
        AttributeNames: ['All'],
      });
      const { Attributes = {} } = await sqs.send(command);
      const due = await store.due(site, until, MOST_DUE);
      const { ApproximateNumberOfMessages: seen, ApproximateNumberOfMessagesNotVisible: unseen } =
        Attributes;
      return { due: due.length, jobs: Number(seen) + Number(unseen) };
    },
  };
  return { reviews, close: () => client.destroy() };
}
