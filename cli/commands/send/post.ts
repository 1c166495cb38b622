import { setTimeout as sleep } from 'node:timers/promises';
import { parseJson } from '../../../lib/runtime/json.ts';
import { isObject } from '../../../lib/sources/payload/access.ts';
import type { CommandContext } from '../../kit/command.ts';
import { CliFailure, EXIT } from '../../kit/failure.ts';
import { inJson } from '../explain/search.ts';
import { type Story, storiesOf } from '../explain/story.ts';
import type { PreparedSample } from './send-plan.ts';

/** Senders wait 1 to 30 s; the longest is right for somebody who looks on. */
const TIMEOUT_MS = 30_000;

export interface WebhookAnswer {
  readonly httpStatus: number;
  /** What became of it, where it was Earmark that answered. */
  readonly status?: string | undefined;
  readonly reason?: string | undefined;
  readonly body: string;
}

/** Posts a delivery. @throws CliFailure where nobody answers, without the secret that the address may hold */
export async function post(
  { url, address, delivery }: Pick<PreparedSample, 'url' | 'address' | 'delivery'>,
  signal: AbortSignal,
): Promise<WebhookAnswer> {
  const { headers, body } = delivery;
  const ends = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  try {
    // A redirected POST would arrive as a GET.
    const request = { method: 'POST', headers, body, signal: ends, redirect: 'manual' } as const;
    const response = await fetch(address, request);
    const text = await response.text();
    const value = parseJson(text);
    const { status, reason } = (isObject(value) ? value : {}) as Record<string, string | undefined>;
    return { httpStatus: response.status, status, reason, body: text };
  } catch (error) {
    if (signal.aborted) throw new CliFailure('Stopped. It may have arrived.', EXIT.interrupted);
    const { name, cause, message } = error as Error & {
      cause?: { code?: string; message?: string };
    };
    const why =
      name === 'TimeoutError'
        ? `gave no answer within ${TIMEOUT_MS / 1000} s`
        : `cannot be reached (${cause?.code ?? cause?.message ?? message})`;
    throw new CliFailure(`${url} ${why}. Nothing is known to have arrived.`, EXIT.unreachable);
  }
}

/** A look reads the engine's log once. */
const LOOK_MS = 100;

/**
 * Waits for the first try at the event's job; what is known by then when the time is over.
 * @param since epoch milliseconds
 */
export async function waitForOutcome(
  { target, reading }: Pick<PreparedSample, 'target' | 'reading'>,
  seconds: number,
  since: number,
  { now, terminal }: CommandContext,
): Promise<Story | undefined> {
  if (!target || reading.kind !== 'events') return undefined;
  const query = { anyOf: [inJson(reading.events[0].id)], since };
  const { signal } = terminal;
  for (;;) {
    const story = storiesOf(await target.logs(query)).at(-1);
    const isTried = story?.steps.some(({ kind }) => kind === 'try');
    const isOver = now() - since >= seconds * 1000;
    if (isTried || isOver || signal.aborted) return story;
    await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
}
