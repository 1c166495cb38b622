import { chunks, gbSeconds, gigabytes, plus, times, type Usage } from './bill.ts';
import type { EventMeasurements, EventWork, Fixed, Measurements, Way } from './measured.ts';

export const DAY_MINUTES = 24 * 60;
export const MONTH_DAYS = 30;

/** Of ten the worker gives the last back to the queue (docs/architecture.md, "The fewest calls"). */
export const FULL_BATCH = 9;

// With so much memory a function has one vCPU, with less its share of one.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html (checked 2026-11-22)
const MB_A_VCPU = 1769;

/** The share of a vCPU. More than one is of no use to one thread of JavaScript. */
const vcpuShare = (memoryMb: number): number => Math.min(1, memoryMb / MB_A_VCPU);

/** How long so much CPU work takes, in milliseconds, on a core as fast as the one it was measured on. */
export const workMs = (cpuMs: number, memoryMb: number): number => cpuMs / vcpuShare(memoryMb);

/** Waits for AWS that Lambda bills, in milliseconds: cautious guesses, none of them AWS's. */
export const AWS_WAITS = {
  /** GetParameters, which decrypts each parameter. */
  parametersMs: 50,
  /** SendMessage; as simulators/deployment has it. */
  sqsMs: 20,
} as const;

const REQUEST_ID = '8fc6f963-411b-58b5-8483-a32130c0f45d';
/**
 * What Lambda writes around one invocation, in its text format, with figures of the usual length.
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html (checked 2026-11-22)
 */
const INVOCATION_LINES = `START RequestId: ${REQUEST_ID} Version: $LATEST
END RequestId: ${REQUEST_ID}
REPORT RequestId: ${REQUEST_ID}\tDuration: 201.67 ms\tBilled Duration: 202 ms\tMemory Size: 256 MB\tMax Memory Used: 101 MB\t
`;
/** What it adds when a process begins. */
const INIT_LINES = `INIT_START Runtime Version: nodejs:24.v10\tRuntime Version ARN: arn:aws:lambda:us-east-1::runtime:${'0'.repeat(64)}
Init Duration: 180.25 ms\t`;

export const INVOCATION_BYTES = Buffer.byteLength(INVOCATION_LINES);
export const INIT_BYTES = Buffer.byteLength(INIT_LINES);

/** Log bytes as AWS meters them, kept for a month. It compresses what it keeps; that is not taken off. */
export const logUsage = (bytes: number): Usage => ({
  logsIngestedGb: gigabytes(bytes),
  logsStoredGbMonths: gigabytes(bytes),
});

/** What a batch costs in CPU time, and each job in it: from batches of one and of `FULL_BATCH`. */
export function labelCpuMs({ label, fullBatchMs }: EventWork, invocations: number): number {
  const jobMs = Math.max(0, (fullBatchMs - label.nextMs) / (FULL_BATCH - 1));
  const batchMs = label.nextMs - jobMs;
  return batchMs * invocations + jobMs;
}

/** What `label` is billed for one event, its requests apart. */
export function labelUsage({ work, memoryMb }: EventMeasurements, way: Way): Usage {
  const cpuMs = labelCpuMs(work, way.invocations);
  return {
    lambdaGbSeconds: gbSeconds(memoryMb.label, way.waitMs + workMs(cpuMs, memoryMb.label)),
  };
}

export function receiveUsage({ work, memoryMb }: EventMeasurements): Usage {
  const ms = AWS_WAITS.sqsMs + workMs(work.receive.nextMs, memoryMb.receive);
  return { lambdaGbSeconds: gbSeconds(memoryMb.receive, ms) };
}

/** What one event uses, in processes that are warm. */
export function eventUsage(measured: EventMeasurements, way: Way): Usage {
  const { work, log } = measured;
  const messageChunks = chunks(work.jobBytes, 64);
  const ofInvocations = (INVOCATION_BYTES + log.labelInvocation) * way.invocations;
  return plus(
    receiveUsage(measured),
    labelUsage(measured, way),
    logUsage(log.receive + INVOCATION_BYTES + log.label + ofInvocations),
    {
      httpApiRequests: 1,
      lambdaRequests: 1 + way.invocations,
      sqsFifoRequests: way.sqsRequests * messageChunks,
      dataOutGb: gigabytes(work.bytesAWixCall * way.calls + work.answerBytes),
    },
  );
}

/** One sender's secret and WIX_SITE_ID; an API key and WIX_SITE_ID. */
const PARAMETERS_READ = 2;

/** What it uses beyond that when each function has to start a process for it. */
export function coldStartUsage({ work, memoryMb }: EventMeasurements): Usage {
  const start = (name: 'receive' | 'label'): Usage => {
    const { bootMs, loadMs, firstMs, nextMs } = work[name];
    const cpuMs = bootMs + loadMs + firstMs - nextMs;
    const ms = AWS_WAITS.parametersMs + workMs(cpuMs, memoryMb[name]);
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

/** What a stage uses in a month without one event. It reports no metric then. */
export const idleUsage = ({ alarms, dashboards, parameters }: Fixed): Usage => ({
  sqsFifoRequests: POLLERS * POLLS_A_MINUTE * DAY_MINUTES * MONTH_DAYS,
  alarmMonths: alarms,
  dashboardMonths: dashboards,
  standardParameterMonths: parameters,
});

/**
 * The share of a month's events that meets no warm process. AWS says that under 1 % of invocations do
 * (https://aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase/, checked 2026-11-22);
 * where minutes pass between events it may be each of them. So: each of 10,000, and no more than those.
 */
export const coldShare = (events: number): number => Math.min(1, 10_000 / events);

/** A month of events that come one way, the cold ones among them, and of what is there without any. */
export const monthUsage = (
  measured: EventMeasurements & Pick<Measurements, 'fixed' | 'metrics'>,
  way: Way,
  events: number,
): Usage =>
  plus(
    times(eventUsage(measured, way), events),
    times(coldStartUsage(measured), events * coldShare(events)),
    idleUsage(measured.fixed),
    events > 0 ? { metricMonths: measured.metrics } : {},
  );
