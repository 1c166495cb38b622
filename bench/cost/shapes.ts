import { EARMARK, type PlayOptions, play } from '../simulation/play.ts';
import { distinctCustomers } from '../simulation/traffic.ts';
import { chunks, gbSeconds, gigabytes, plus, times, type Usage } from './bill.ts';
import type { Deployment } from './deployment.ts';
import { INIT_BYTES, INVOCATION_BYTES, type LogRow, logUsage } from './logs.ts';
import { WAITS, workMs } from './memory.ts';
import { FULL_BATCH, type Work } from './work.ts';

export const DAY_MINUTES = 24 * 60;
export const MONTH_DAYS = 30;
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

/** What the simulated worker made of a shape, for one event. */
export interface Played extends Shape {
  /** In all. */
  readonly events: number;
  /** Requests to Wix. */
  readonly calls: number;
  /** Of `label`. */
  readonly invocations: number;
  /** Waits of `label`, sleeping for its turn and for Wix's answers; Lambda bills them. */
  readonly waitMs: number;
  readonly sqsRequests: number;
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

export interface Measured {
  readonly work: Work;
  /** Of the kind that is queued and labelled. */
  readonly log: LogRow;
  readonly memoryMb: Readonly<Record<'receive' | 'label', number>>;
}

/** What a batch costs in CPU time, and each job in it: from batches of one and of `FULL_BATCH`. */
export function labelCpuMs({ label, fullBatchMs }: Work, invocations: number): number {
  const jobMs = Math.max(0, (fullBatchMs - label.nextMs) / (FULL_BATCH - 1));
  const batchMs = label.nextMs - jobMs;
  return batchMs * invocations + jobMs;
}

/** What `label` is billed for one event, its requests apart. */
export function labelUsage({ work, memoryMb }: Measured, played: Played): Usage {
  const cpuMs = labelCpuMs(work, played.invocations);
  return {
    lambdaGbSeconds: gbSeconds(memoryMb.label, played.waitMs + workMs(cpuMs, memoryMb.label)),
  };
}

export function receiveUsage({ work, memoryMb }: Measured): Usage {
  const ms = WAITS.sqsMs + workMs(work.receive.nextMs, memoryMb.receive);
  return { lambdaGbSeconds: gbSeconds(memoryMb.receive, ms) };
}

/** What one event uses, in processes that are warm. */
export function eventUsage(measured: Measured, played: Played): Usage {
  const { work, log } = measured;
  const messageChunks = chunks(work.jobBytes, 64);
  return plus(
    receiveUsage(measured),
    labelUsage(measured, played),
    logUsage(log.receive + log.label + INVOCATION_BYTES * (1 + played.invocations)),
    {
      httpApiRequests: 1,
      lambdaRequests: 1 + played.invocations,
      sqsFifoRequests: played.sqsRequests * messageChunks,
      dataOutGb: gigabytes(work.bytesAWixCall * played.calls + work.answerBytes),
    },
  );
}

/** One sender's secret and WIX_SITE_ID; an API key and WIX_SITE_ID. */
const PARAMETERS_READ = 2;

/** What it uses beyond that when each function has to start a process for it. */
export function coldStartUsage({ work, memoryMb }: Measured): Usage {
  const start = (name: 'receive' | 'label'): Usage => {
    const { bootMs, loadMs, firstMs, nextMs } = work[name];
    const cpuMs = bootMs + loadMs + firstMs - nextMs;
    const ms = WAITS.parametersMs + workMs(cpuMs, memoryMb[name]);
    return plus(logUsage(INIT_BYTES), {
      lambdaGbSeconds: gbSeconds(memoryMb[name], ms),
      kmsRequests: PARAMETERS_READ,
    });
  };
  return plus(start('receive'), start('label'));
}

/**
 * Lambda asks an unused queue, too, and that is billed
 * (https://aws.amazon.com/premiumsupport/knowledge-center/sqs-high-charges/). It reads a standard queue in
 * five places at once to begin with (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html);
 * in how many it asks a FIFO queue AWS does not say. Each waits the 20 s that SQS allows. (checked 2026-11-22)
 */
const POLLERS = 5;
const POLLS_A_MINUTE = 3;

/** What a stage uses in a month without one event. */
export const idleUsage = ({ alarms, parameters }: Deployment): Usage => ({
  sqsFifoRequests: POLLERS * POLLS_A_MINUTE * DAY_MINUTES * MONTH_DAYS,
  alarmMonths: alarms,
  standardParameterMonths: parameters,
});

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

/** What a month of so many events uses; `coldShare`: the share of them that meets no warm process. */
export const monthUsage = (
  events: number,
  coldShare: number,
  usage: { readonly event: Usage; readonly coldStart: Usage; readonly idle: Usage },
): Usage =>
  plus(times(usage.event, events), times(usage.coldStart, events * coldShare), usage.idle);
