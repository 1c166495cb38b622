import { readFileSync } from 'node:fs';
import type { Buyer } from '../samples/samples.ts';

/** What the load process has to do. */
export interface LoadOrder {
  readonly url: string;
  readonly secret: string;
  /** Posts a second. */
  readonly rate: number;
  readonly seconds: number;
}

/** One post, with times in milliseconds of the wall clock. `status` 0: no answer. */
export interface Posted {
  readonly number: number;
  readonly dueAt: number;
  readonly answeredAt: number;
  readonly status: number;
}

/** Epoch milliseconds with fractions, comparable between processes of one machine. */
export const wallClock = (): number => performance.timeOrigin + performance.now();

/** Customer number `number`, one of a kind in a run. */
export function buyerAt(number: number): Buyer {
  const email = `buyer-${number}@example.com`;
  return { firstName: 'Buyer', lastName: String(number), email, phone: '' };
}

/** The smallest value that `share` (0 to 1) of all values do not exceed; NaN of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** The most memory that a live process ever held (resident, MiB); undefined off Linux. */
export function peakMemory(pid: number): number | undefined {
  try {
    const [, kibibytes] =
      /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kibibytes) / 1024;
  } catch {
    return undefined;
  }
}
