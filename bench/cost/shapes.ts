import { chunks, gbSeconds, gigabytes, plus, times, type Usage } from '../../cost/bill.ts';
import type { EventMeasurements, Way } from '../../cost/measured.ts';
import { DAY_MINUTES, logUsage, MONTH_DAYS, workMs } from '../../cost/usage.ts';
import { EARMARK, type PlayOptions, play } from '../throughput/play.ts';
import { distinctCustomers } from '../throughput/traffic.ts';
import type { LogRow } from './logs.ts';

const A_MILLION_A_MONTH = 1e6 / (MONTH_DAYS * DAY_MINUTES);

/** How events come. */
interface Shape {
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

/** Plays a shape with the real worker on a virtual clock (simulators/deployment), at the default budget. */
export async function playShape(shape: Shape, events: number): Promise<Played> {
  const seed = 1;
  const trace = distinctCustomers({ seed, events }, shape.perMinute);
  const figures = await play(trace, EARMARK(), { seed, by: shape.by });
  const { send, changeVisibility, delete: deletes } = figures.sqsRequests;
  // `idleUsage` counts the receives that find nothing.
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

/** A request that a stranger sends again and again. */
interface Flood {
  readonly name: string;
  readonly bodyBytes: number;
  /** CPU time beyond that of any event, on the machine that measured: reading the body. */
  readonly bodyCpuMs: number;
  /** False: API Gateway answers by itself, as nothing that large gets into a Lambda event (6 MB). */
  readonly reachesFunction: boolean;
}

/** `bodyCpuMs` was measured by itself, on 2026-11-27. */
export const FLOODS: readonly Flood[] = [
  { name: 'small, a wrong signature', bodyBytes: 0, bodyCpuMs: 0, reachesFunction: true },
  { name: '1 MB, a wrong signature', bodyBytes: 1e6, bodyCpuMs: 2.6, reachesFunction: true },
  { name: '4.4 MB, more than is taken', bodyBytes: 4.4e6, bodyCpuMs: 12, reachesFunction: true },
  { name: '10 MB, more than Lambda takes', bodyBytes: 10e6, bodyCpuMs: 0, reachesFunction: false },
];

/** How long `receive` is at work on one. */
export const floodMs = (
  { work, memoryMb }: EventMeasurements,
  { bodyCpuMs, reachesFunction }: Flood,
) => (reachesFunction ? workMs(work.receive.nextMs + bodyCpuMs, memoryMb.receive) : 0);

/** An HTTP API is billed by so much of a request. https://aws.amazon.com/api-gateway/pricing/ (checked 2026-11-28) */
const HTTP_API_KB = 512;

/**
 * A day of requests that are refused, as many as the throttle of one source lets through: the most that a
 * flood of its address can cost. @param log of the kind that is refused
 */
export function floodUsage(
  measured: EventMeasurements,
  log: LogRow,
  requestsPerSecond: number,
  flood: Flood,
): Usage {
  const { work, memoryMb } = measured;
  const inFunction = plus(logUsage(log.bytes), {
    lambdaRequests: 1,
    lambdaGbSeconds: gbSeconds(memoryMb.receive, floodMs(measured, flood)),
  });
  const one = plus(flood.reachesFunction ? inFunction : {}, {
    httpApiRequests: chunks(flood.bodyBytes, HTTP_API_KB),
    dataOutGb: gigabytes(work.answerBytes),
  });
  return times(one, requestsPerSecond * DAY_MINUTES * 60);
}
