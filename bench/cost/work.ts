import type { EventMeasurements, FunctionWork } from '../../cost/measured.ts';
import { FULL_BATCH } from '../../cost/usage.ts';
import { showProgress } from '../command.ts';
import { inBatches, type Job, jobLike, purchaseEvent } from '../events.ts';
import type { ProcessReport } from '../process/cold.ts';
import type { CostStage } from './stage.ts';

/** So many events are "the next". */
const NEXT = 50;
/** In a long life of `receive`: twice as many as it remembers (lib/queue/queue.ts). */
const DELIVERIES = 2_000;
/** About the most that Lambda takes; `receive` refuses it. */
const LARGEST_BODY_BYTES = 5_900_000;
/** What Lambda may give a function, in MB. */
export const MEMORY_SIZES = [128, 192, 256, 384, 512, 768, 1024, 1769] as const;
/** Memory is measured up to here, and at the sizes of serverless.yml. Node takes more where it has more. */
const LIVES_UP_TO_MB = 256;

interface WorkOptions extends Pick<EventMeasurements, 'memoryMb'> {
  /** How many fresh processes of each function live short. */
  readonly processes: number;
  /** How many customers a long life of `label` meets: it remembers them. */
  readonly customers: number;
}

/** Runs both bundles in fresh processes: many short lives for CPU time, a long one a size for memory. */
export async function measureWork(
  stage: CostStage,
  { processes, customers, memoryMb }: WorkOptions,
) {
  const receives: ProcessReport[] = [];
  const labels: ProcessReport[] = [];
  let job: Job | undefined;
  for (let at = 1; at <= processes; at += 1) {
    showProgress(`CPU time: process ${at} of ${processes}`);
    receives.push(await stage.run('receive', stage.purchases(NEXT + 1)));
    const queued = stage.takeJobs();
    job ??= queued[0];
    labels.push(await stage.run('label', inBatches(queued, 1)));
  }
  if (!job) throw new Error('`receive` queued no job.');
  const lives = [];
  const smaller = MEMORY_SIZES.filter((size) => size <= LIVES_UP_TO_MB);
  for (const size of new Set([...smaller, ...Object.values(memoryMb)])) {
    showProgress(`memory: a long life with ${size} MB`);
    lives.push({ size, ...(await liveLong(stage, job, customers, size)) });
  }
  const { calls, bytes } = stage.sentToWix;
  const work = {
    receive: leastOf(receives),
    label: leastOf(labels),
    fullBatchMs: Math.min(...lives.map(({ fullBatchMs }) => fullBatchMs)),
    jobBytes: Buffer.byteLength(job.body),
    bytesAWixCall: bytes / calls,
    answerBytes: Buffer.byteLength(JSON.stringify(receives[0]?.answer)),
  };
  return { work, lives };
}

function leastOf(reports: readonly ProcessReport[]): FunctionWork {
  const least = (ms: (report: ProcessReport) => number): number => Math.min(...reports.map(ms));
  return {
    bootMs: least(({ boot }) => boot.cpuMs),
    loadMs: least(({ began, loaded }) => loaded.cpuMs - began.cpuMs),
    firstMs: least(({ loaded, first }) => first.cpuMs - loaded.cpuMs),
    nextMs: least(({ first, last }) => (last.cpuMs - first.cpuMs) / NEXT),
  };
}

/** A long life of both functions: the most memory that each held (MiB), and what a full batch took. */
async function liveLong(stage: CostStage, job: Job, customers: number, memoryMb: number) {
  const largest = purchaseEvent(0, { body: '.'.repeat(LARGEST_BODY_BYTES) });
  const deliveries = [...stage.purchases(DELIVERIES), largest];
  const received = await stage.run('receive', deliveries, memoryMb);
  await stage.run('label', inBatches(stage.takeJobs(), FULL_BATCH), memoryMb);
  const jobs = Array.from({ length: customers }, () =>
    jobLike(job, { email: stage.customers.next().email }),
  );
  const batches = inBatches(jobs, FULL_BATCH);
  const { first, last } = await stage.run('label', batches, memoryMb);
  return {
    receive: received.last.memoryMib,
    label: last.memoryMib,
    fullBatchMs: (last.cpuMs - first.cpuMs) / (batches.length - 1),
  };
}
