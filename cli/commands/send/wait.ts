import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandContext } from '../../kit/command.ts';
import { inJson } from '../explain/search.ts';
import { type Story, storiesOf } from '../explain/story.ts';
import type { PreparedSample } from './send-plan.ts';

/** A look reads the engine's log once. */
const LOOK_MS = 100;

export interface Waiting {
  readonly seconds: number;
  /** Epoch milliseconds. */
  readonly since: number;
  readonly context: Pick<CommandContext, 'now' | 'terminal'>;
}

/** Waits for the first try at the event's job; what is known by then when the time is over. */
export async function waitForOutcome(
  { target, reading }: Pick<PreparedSample, 'target' | 'reading'>,
  { seconds, since, context }: Waiting,
): Promise<Story | undefined> {
  if (!target || reading.kind !== 'events') return undefined;
  const query = { anyOf: [inJson(reading.events[0].id)], since };
  const { signal } = context.terminal;
  for (;;) {
    const story = storiesOf(await target.logs(query)).at(-1);
    const isTried = story?.steps.some(({ kind }) => kind === 'try');
    const isOver = context.now() - since >= seconds * 1000;
    if (isTried || isOver || signal.aborted) return story;
    await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
}
