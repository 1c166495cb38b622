import { AWS_WAITS, workMs } from '../../cost/usage.ts';

export const MEMORY_SIZES = [128, 192, 256, 384, 512, 768, 1024, 1769] as const;

/**
 * What is not measured here: waits of a cold first answer outside the function's own work, in milliseconds.
 * Cautious guesses, none of them AWS's: replace them by what you see.
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
/** A core of Lambda may be slower than the one that was measured: so many times, and more. */
export const LEAST_HEADROOM = 2;
/** Memory beyond the most that was seen: AWS's runtime client, and days unlike this one. */
export const LEAST_SPARE_MEMORY = 1.5;

/** CPU milliseconds of one process, up to and with its first answer, and of an answer after that. */
export interface ReceiveWork {
  readonly coldMs: number;
  readonly warmMs: number;
}

export interface AnswerTimes {
  /** Estimated, from the sender's request to its answer. */
  readonly coldMs: number;
  /** How many times slower than this machine's core Lambda's may be before `ANSWER_LIMIT_MS` is missed. */
  readonly headroom: number;
  /** Estimated, of the function alone: what is billed. */
  readonly warmMs: number;
}

export function answerTimes({ coldMs, warmMs }: ReceiveWork, memoryMb: number): AnswerTimes {
  const { lambdaStartMs, wayMs, parametersMs, sqsMs } = WAITS;
  const waitMs = lambdaStartMs + wayMs + parametersMs + sqsMs;
  const ownMs = workMs(coldMs, memoryMb);
  return {
    coldMs: waitMs + ownMs,
    headroom: (ANSWER_LIMIT_MS - waitMs) / ownMs,
    warmMs: sqsMs + workMs(warmMs, memoryMb),
  };
}
