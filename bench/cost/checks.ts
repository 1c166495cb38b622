import type { FunctionWork } from '../../cost/measured.ts';
import { AWS_WAITS, workMs } from '../../cost/usage.ts';
import type { FunctionName } from '../../scripts/build.ts';
import type { Measurement } from './measurement.ts';

/**
 * Waits of a cold first answer that are not measured here, in milliseconds. Cautious guesses, none of them
 * AWS's: replace them by what you see.
 */
export const WAITS = {
  /** Lambda fetches the zip and starts a machine, before there is a process. Not billed. */
  lambdaStartMs: 200,
  /** From the sender through API Gateway to the function, and back. */
  wayMs: 100,
  ...AWS_WAITS,
} as const;

/** How long Wix waits for the answer to a webhook (docs/sources.md). */
export const ANSWER_LIMIT_MS = 1250;
/** A core of Lambda may be so many times slower than the one that was measured. */
const LEAST_HEADROOM = 2;
/** Memory beyond the most that was seen: for AWS's runtime client, and for longer lives. */
const LEAST_SPARE_MEMORY = 1.5;

/** CPU time up to and with the first answer. */
export const coldCpuMs = ({ bootMs, loadMs, firstMs }: FunctionWork): number =>
  bootMs + loadMs + firstMs;

/**
 * Estimates how long `receive` takes with so much memory: a cold answer from the sender's request on, and a
 * warm one of the function alone, which is what is billed. `headroom`: how many times slower than this
 * machine's core Lambda's may be before `ANSWER_LIMIT_MS` is missed.
 */
export function answerTimes(work: FunctionWork, memoryMb: number) {
  const { lambdaStartMs, wayMs, parametersMs, sqsMs } = WAITS;
  const waitMs = lambdaStartMs + wayMs + parametersMs + sqsMs;
  const ownMs = workMs(coldCpuMs(work), memoryMb);
  return {
    coldMs: waitMs + ownMs,
    headroom: (ANSWER_LIMIT_MS - waitMs) / ownMs,
    warmMs: sqsMs + workMs(work.nextMs, memoryMb),
  };
}

/** Memory over the most that was held; undefined where that was not measured. */
export function spareOf({ lives }: Measurement, name: FunctionName, memoryMb: number) {
  const life = lives.find(({ size }) => size === memoryMb);
  return life && memoryMb / life[name];
}

/** What must be true of a measurement, and whether it is. */
export function checksOf(measurement: Measurement) {
  const { customers, shapes, memoryMb, work } = measurement;
  const { known, labelled } = customers;
  const { headroom } = answerTimes(work.receive, memoryMb.receive);
  const fits = (name: FunctionName) => {
    const spare = spareOf(measurement, name, memoryMb[name]) ?? 0;
    return [
      `${name} has ${memoryMb[name]} MB, ${spare.toFixed(2)} times what it held (${LEAST_SPARE_MEMORY} at least)`,
      spare >= LEAST_SPARE_MEMORY,
    ] as const;
  };
  const checks: readonly (readonly [what: string, passed: boolean])[] = [
    [`labelled ${labelled} of ${known} customers`, known > 0 && labelled === known],
    ['the simulated worker lost nothing', shapes.every(({ sound }) => sound)],
    [
      `receive answers in time on a core ${headroom.toFixed(1)} times slower than this one (${LEAST_HEADROOM} at least)`,
      headroom >= LEAST_HEADROOM,
    ],
    fits('receive'),
    fits('label'),
  ];
  return checks.map(([what, passed]) => ({ passed, what }));
}
