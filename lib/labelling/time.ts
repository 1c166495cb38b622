import { CALL_TIMEOUT_MS } from '../wix/calls/client.ts';

/** Kept at the end of an invocation for settling: SQS has up to 4 s for a dead letter, 4 s to postpone. */
export const FINISHING_MS = 10_000;

/** A new process reads its settings first: Parameter Store has up to 4 s. */
const START_MS = 4_000;

/** Calls that a job cannot do without where nothing is remembered: the label's key, and the labelling. */
const CALLS = 2;

/** What an invocation must begin with, so that a job gets done in it. */
export const LEAST_REMAINING_MS = CALLS * CALL_TIMEOUT_MS + FINISHING_MS;

/** The shortest timeout of the function at which jobs get done: with less, no call is begun, or one at a time. */
export const LEAST_TIMEOUT_MS = START_MS + LEAST_REMAINING_MS;

/**
 * How many of the worker's timeouts the jobs queue hides a message, at least: until then the invocation that received it
 * is over, also where Lambda began it late. More would keep the jobs of a worker that died from others for longer.
 */
export const TIMEOUTS_OF_VISIBILITY = 2;
