import { setTimeout as sleep } from 'node:timers/promises';
import {
  CloudWatchLogsClient,
  FilterLogEventsCommand,
  type FilterLogEventsCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import { type FunctionLogLine, lineOf, STEP_LINES, type TailQuery } from './target.ts';

/** A line can be had some seconds after it was written. Lines that are younger are not asked for. */
export const SETTLED_MS = 10_000;
/** A stage is asked so often, twice each time: five a second is what an account may in all. */
export const ASK_MS = 5_000;
/** What comes so much later than it was written is still found. */
const LATE_MS = 60_000;

/** One page of the lines of a log group in a span of time, both ends in it; epoch milliseconds. Oldest first. */
export type AskPage = (page: {
  readonly group: string;
  readonly from: number;
  readonly to: number;
  readonly token: string | undefined;
}) => Promise<Pick<FilterLogEventsCommandOutput, 'events' | 'nextToken'>>;

export interface TailOptions {
  readonly groups: readonly [string, string];
  /** Epoch milliseconds. */
  readonly since: number;
  readonly follow: boolean;
  readonly ask: AskPage;
  readonly now: () => number;
  /** Throws where the tail is to end. */
  readonly wait: (ms: number) => Promise<void>;
}

export interface StageEvent {
  readonly group: string;
  readonly message: string;
  readonly timestamp: number;
  readonly id: string;
}

/**
 * The lines of two log groups, each once, in the order of their times; one that CloudWatch had later than
 * `SETTLED_MS` comes when it is there. It holds a page of each group, and the ids of a minute.
 */
export async function* stageEvents(options: TailOptions): AsyncGenerator<StageEvent> {
  const { since, follow, now, wait } = options;
  const given = new Map<string, number>();
  for (let until = since; ; ) {
    const to = follow ? now() - SETTLED_MS : now();
    const from = Math.max(since, until - LATE_MS);
    if (to >= from) {
      for await (const event of merged(options, from, to)) {
        if (given.has(event.id)) continue;
        if (event.timestamp >= to - LATE_MS) given.set(event.id, event.timestamp);
        yield event;
      }
    }
    if (!follow) return;
    for (const [id, timestamp] of given) if (timestamp < to - LATE_MS) given.delete(id);
    until = Math.max(until, to);
    await wait(ASK_MS);
  }
}

/** Both groups as one, by time. */
async function* merged(
  { groups, ask }: TailOptions,
  from: number,
  to: number,
): AsyncGenerator<StageEvent> {
  const [first, second] = groups.map((group) => pages(ask, group, from, to));
  if (!first || !second) return;
  let [a, b] = await Promise.all([first.next(), second.next()]);
  while (!a.done || !b.done) {
    const isFirst = b.done || (!a.done && a.value.timestamp <= b.value.timestamp);
    const { value } = isFirst ? a : b;
    if (value) yield value;
    if (isFirst) a = await first.next();
    else b = await second.next();
  }
}

/** The lines of one group: CloudWatch sorts them, over all pages. A page may be empty and not the last. */
export async function* pages(
  ask: AskPage,
  group: string,
  from: number,
  to: number,
): AsyncGenerator<StageEvent, undefined> {
  let token: string | undefined;
  do {
    const { events = [], nextToken } = await ask({ group, from, to, token });
    for (const { eventId: id = '', message = '', timestamp = from } of events) {
      yield { group, message: message.trimEnd(), timestamp, id };
    }
    token = nextToken;
  } while (token !== undefined);
}

/** Many pages after each other may be more than an account is allowed at a time. */
export const patientClient = (): CloudWatchLogsClient =>
  new CloudWatchLogsClient({ maxAttempts: 8 });

/** @param filterPattern which lines are asked for */
export const askFor =
  (client: CloudWatchLogsClient, filterPattern: string, signal: AbortSignal): AskPage =>
  ({ group: logGroupName, from: startTime, to: endTime, token: nextToken }) =>
    client.send(
      new FilterLogEventsCommand({ logGroupName, filterPattern, startTime, endTime, nextToken }),
      { abortSignal: signal },
    );

/**
 * The lines `delivery` and `job` of `${prefix}-receive` and `${prefix}-label`.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html (sorted by time; checked 2026-11-28)
 */
export async function* tailStage(
  prefix: string,
  { signal, ...query }: TailQuery,
): AsyncGenerator<FunctionLogLine> {
  const client = patientClient();
  const ask = askFor(client, '{ $.message = "delivery" || $.message = "job" }', signal);
  const wait = (ms: number) => sleep(ms, undefined, { signal });
  const groups = [`${prefix}-receive`, `${prefix}-label`] as const;
  try {
    for await (const { group, message } of stageEvents({
      ...query,
      groups,
      ask,
      now: Date.now,
      wait,
    })) {
      yield* lineOf(message, group.replace(/^.*-/, ''), { ...query, anyOf: STEP_LINES });
    }
  } finally {
    client.destroy();
  }
}
