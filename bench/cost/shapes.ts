import { gbSeconds, gigabytes, plus, times, type Usage } from '../../cli/capacity/bill.ts';
import {
  DAY_MINUTES,
  logUsage,
  type Measured,
  MONTH_DAYS,
  type Way,
  workMs,
} from '../../cli/capacity/usage.ts';
import { EARMARK, type PlayOptions, play } from '../simulation/play.ts';
import { distinctCustomers } from '../simulation/traffic.ts';
import type { LogRow } from './logs.ts';

const A_MILLION_A_MONTH = 1e6 / (MONTH_DAYS * DAY_MINUTES);

/** How events come. */
export interface Shape {
  readonly name: string;
  readonly by: PlayOptions['by'];
  /** Events a minute; 0: all at once. */
  readonly perMinute: number;
}

export const SHAPES = [
  { name: 'evenly, e-mails', by: 'e-mail', perMinute: A_MILLION_A_MONTH },
  { name: 'evenly, ids', by: 'contact id', perMinute: A_MILLION_A_MONTH },
  { name: 'backlog, e-mails', by: 'e-mail', perMinute: 0 },
  { name: 'backlog, ids', by: 'contact id', perMinute: 0 },
] as const satisfies readonly Shape[];

/** What the simulated worker made of a shape. */
export interface Played extends Shape, Way {
  readonly events: number;
  /** Minutes until all were labelled, for all events. */
  readonly minutes: number;
  readonly sound: boolean;
}

/** Plays a shape with the real worker on a virtual clock (bench/simulation), at the default budget. */
export async function playShape(shape: Shape, events: number): Promise<Played> {
  const seed = 1;
  const trace = distinctCustomers({ seed, events }, shape.perMinute);
  const figures = await play(trace, EARMARK(), { seed, by: shape.by });
  const { send, changeVisibility, delete: deletes } = figures.sqsRequests;
  // A receive that finds nothing is the pollers', who ask all day: see `idleUsage`.
  const sqsRequests = send + figures.invocations + changeVisibility + deletes;
  return {
    ...shape,
    events,
    calls: figures.callsPerEvent,
    invocations: figures.invocations / events,
    waitMs: (figures.billedMinutes * 60_000) / events,
    sqsRequests: sqsRequests / events,
    minutes: figures.minutes,
    sound: figures.lost + figures.strange + figures.deadLetters === 0,
  };
}

/**
 * A day of requests that are refused, as many as API Gateway lets through: what somebody who floods the
 * address can cost. @param log of the kind that is refused
 */
export function floodUsage(measured: Measured, log: LogRow, requestsPerSecond: number): Usage {
  const { work, memoryMb } = measured;
  const ms = workMs(work.receive.nextMs, memoryMb.receive);
  const one = plus(logUsage(log.bytes), {
    httpApiRequests: 1,
    lambdaRequests: 1,
    lambdaGbSeconds: gbSeconds(memoryMb.receive, ms),
    dataOutGb: gigabytes(work.answerBytes),
  });
  return times(one, requestsPerSecond * DAY_MINUTES * 60);
}
