import { times, usdOf } from '../../cost/bill.ts';
import {
  DAY_MINUTES,
  labelUsage,
  type Measured as MeasuredEvent,
  receiveUsage,
  workMs,
} from '../../cost/usage.ts';
import type { FunctionName } from '../../scripts/build.ts';
import { type AnswerTimes, answerTimes, WAITS } from './memory.ts';
import type { Played } from './shapes.ts';
import type { Work } from './work.ts';

/** Memory is measured here, too. */
export interface Measured extends MeasuredEvent {
  readonly work: Work;
}

export interface ReceiveRow extends AnswerTimes {
  readonly memoryMb: number;
  /** Dollars of Lambda time for a million events. */
  readonly usdAMillion: number;
  /** Memory over the most that was seen; undefined where that was not measured. */
  readonly spare: number | undefined;
}

export interface LabelRow {
  readonly memoryMb: number;
  readonly coldMs: number;
  /** CPU work of a batch of one job. */
  readonly batchMs: number;
  /** Dollars of Lambda time for a million events, by the name of the shape. */
  readonly usdAMillion: readonly number[];
  /** Dollars of Lambda time for a day in which both workers are busy or asleep all the time. */
  readonly usdAFullDay: number;
  readonly spare: number | undefined;
}

/** The memory given over the most that was held; undefined where that was not measured. */
export function spareOf(work: Work, name: FunctionName, memoryMb: number): number | undefined {
  const seen = work.peaks[name].find(([size]) => size === memoryMb)?.[1];
  return seen === undefined ? undefined : memoryMb / seen;
}

const coldCpuMs = ({ bootMs, loadMs, firstMs }: Work['receive']): number =>
  bootMs + loadMs + firstMs;

/** How long `receive` takes to answer with the memory it has. */
export function timesOf({ work, memoryMb }: Measured): AnswerTimes {
  return answerTimes(
    { coldMs: coldCpuMs(work.receive), warmMs: work.receive.nextMs },
    memoryMb.receive,
  );
}

export function receiveRow(measured: Measured): ReceiveRow {
  const memoryMb = measured.memoryMb.receive;
  return {
    memoryMb,
    ...timesOf(measured),
    usdAMillion: usdOf(times(receiveUsage(measured), 1e6)),
    spare: spareOf(measured.work, 'receive', memoryMb),
  };
}

export function labelRow(measured: Measured, shapes: readonly Played[], workers: number): LabelRow {
  const {
    work,
    memoryMb: { label: memoryMb },
  } = measured;
  const gbSecondsADay = (memoryMb / 1024) * workers * DAY_MINUTES * 60;
  return {
    memoryMb,
    coldMs: WAITS.parametersMs + workMs(coldCpuMs(work.label), memoryMb),
    batchMs: workMs(work.label.nextMs, memoryMb),
    usdAMillion: shapes.map((shape) => usdOf(times(labelUsage(measured, shape), 1e6))),
    usdAFullDay: usdOf({ lambdaGbSeconds: gbSecondsADay }),
    spare: spareOf(work, 'label', memoryMb),
  };
}
