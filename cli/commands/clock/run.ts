import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
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
import { MOVED, type Moved, moveOn, type Work } from './move.ts';

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
    const lines = target.history ? await changedLabels(target, since) : [];
    for (const line of lines) terminal.out.write(`${line}\n`);
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
  const reviews = target.history && (await openReviews(target.history, target));
  const work: Work = {
    async next(until) {
      const { nextAt = until } = await clock.jobs();
      return Math.min(nextAt, (await reviews?.nextDue(until)) ?? until);
    },
    async left(until) {
      const { left: jobs } = await clock.jobs();
      return { due: (await reviews?.due(until)) ?? 0, jobs };
    },
  };
  try {
    return await moveOn(to, { clock, work, signal, onStep });
  } finally {
    reviews?.close();
  }
}

const putOff = (lateMs: number): string =>
  `Reviews were due at more times than are stopped at: the later ones were done\ntogether, up to ${span(lateMs)} after they were due. Shorter moves stop at each.\n`;

/** How many contacts are looked at: more are as good as this many. */
const MOST_DUE = 1_000;

async function openReviews(
  { table, client: config }: NonNullable<Target['history']>,
  { settings }: Target,
) {
  const client = new DynamoDBClient(config);
  // It writes nothing that is kept for a time.
  const store = createHistoryStore({ table, client, now: Date.now, retentionMs: 0 });
  const site = siteIn(await settings()) ?? '';
  return {
    /** When the contact is due that is longest due, or the review of all goes on, up to a time. Epoch milliseconds. */
    async nextDue(until: number): Promise<number> {
      const [contact] = await store.due(site, until, 1);
      const all = goesOnAt(await store.readFullReview(site)) ?? until;
      return Math.min(contact?.dueAt ?? until, all);
    },
    /** How many contacts are due up to a time, a review of all counted as one. */
    async due(until: number): Promise<number> {
      const due = await store.due(site, until, MOST_DUE);
      const all = goesOnAt(await store.readFullReview(site));
      return due.length + (all !== undefined && all <= until ? 1 : 0);
    },
    close: () => client.destroy(),
  };
}
