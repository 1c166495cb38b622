import type { EventWork, FunctionWork } from '../../cost/measured.ts';
import { FULL_BATCH } from '../../cost/usage.ts';
import type { FunctionName } from '../../scripts/build.ts';
import { inBatches, type Job, jobLike, purchaseEvent } from '../events.ts';
import type { ProcessReport } from '../process/cold.ts';
import type { CostStage } from './stage.ts';

export interface Work extends EventWork {
  /** The most memory that a process of each function held (MiB), by what Lambda would give it (MB). */
  readonly peaks: Readonly<
    Record<FunctionName, readonly (readonly [memoryMb: number, mib: number])[]>
  >;
}

/** So many events are "the next". */
const NEXT = 50;
/** Where neither function is short of memory. */
export const AMPLE_MB = 512;
/** In a long life of `receive`: twice as many as it remembers (lib/queue/queue.ts). */
const DELIVERIES = 2_000;
/** About the most that Lambda takes; `receive` refuses it. */
const LARGEST_BODY_BYTES = 5_900_000;

interface WorkOptions {
  /** Fresh processes of each function. */
  readonly processes: number;
  /** How many customers a process of `label` meets whose memory is measured: it remembers them. */
  readonly customers: number;
  /** In MB, the sizes at which that is done. */
  readonly memorySizes: readonly number[];
  readonly onProgress: (text: string) => void;
}

/** Runs both bundles in fresh processes: many short lives for CPU time, a long one a size for memory. */
export async function measureWork(stage: CostStage, options: WorkOptions): Promise<Work> {
  const receives: ProcessReport[] = [];
  const labels: ProcessReport[] = [];
  let like: Job | undefined;
  for (let at = 1; at <= options.processes; at += 1) {
    options.onProgress(`CPU time: process ${at} of ${options.processes}`);
    receives.push(await stage.run('receive', purchases(stage, NEXT + 1), AMPLE_MB));
    const queued = stage.takeJobs();
    like ??= queued[0];
    labels.push(await stage.run('label', inBatches(queued, 1), AMPLE_MB));
  }
  if (!like) throw new Error('`receive` queued no job.');
  const lives = await liveLong(stage, like, options);
  const toWix = stage.sentToWix();
  return {
    receive: summarise(receives),
    label: summarise(labels),
    ...lives,
    jobBytes: Buffer.byteLength(like.body),
    bytesAWixCall: toWix.bytes / toWix.calls,
    answerBytes: Buffer.byteLength(JSON.stringify(receives[0]?.answer)),
  };
}

function summarise(reports: readonly ProcessReport[]): FunctionWork {
  const least = (ms: (report: ProcessReport) => number): number => Math.min(...reports.map(ms));
  return {
    bootMs: least(({ boot }) => boot.cpuMs),
    loadMs: least(({ began, loaded }) => loaded.cpuMs - began.cpuMs),
    firstMs: least(({ loaded, first }) => first.cpuMs - loaded.cpuMs),
    nextMs: least(({ first, last }) => (last.cpuMs - first.cpuMs) / NEXT),
  };
}

/** A long life of both functions at each size. */
async function liveLong(
  stage: CostStage,
  like: Job,
  { customers, memorySizes, onProgress }: WorkOptions,
): Promise<Pick<Work, 'peaks' | 'fullBatchMs'>> {
  const peaks: Record<FunctionName, [number, number][]> = { receive: [], label: [] };
  const fullBatches: number[] = [];
  for (const memoryMb of memorySizes) {
    onProgress(`memory: a long life with ${memoryMb} MB`);
    const largest = purchaseEvent(0, { body: '.'.repeat(LARGEST_BODY_BYTES) });
    const deliveries = [...purchases(stage, DELIVERIES), largest];
    const received = await stage.run('receive', deliveries, memoryMb);
    await stage.run('label', inBatches(stage.takeJobs(), FULL_BATCH), memoryMb);
    const jobs = Array.from({ length: customers }, () =>
      jobLike(like, { email: stage.customers.next().email }),
    );
    const batches = inBatches(jobs, FULL_BATCH);
    const labelled = await stage.run('label', batches, memoryMb);
    peaks.receive.push([memoryMb, received.last.memoryMib]);
    peaks.label.push([memoryMb, labelled.last.memoryMib]);
    fullBatches.push((labelled.last.cpuMs - labelled.first.cpuMs) / (batches.length - 1));
  }
  return { peaks, fullBatchMs: Math.min(...fullBatches) };
}

const purchases = ({ customers }: CostStage, count: number): readonly object[] =>
  Array.from({ length: count }, () => purchaseEvent(customers.next().number));
