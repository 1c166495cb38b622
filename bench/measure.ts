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

export const median = (values: readonly number[]): number => percentile(values, 0.5);

/** Plays rounds that only warm up, numbered up to 0, and then those that count. */
export async function playRounds<Round>(
  { warmUps, rounds, progress }: RoundOptions & { readonly warmUps: number },
  play: (round: number) => Promise<Round>,
): Promise<readonly Round[]> {
  const played: Round[] = [];
  try {
    for (let round = 1 - warmUps; round <= rounds; round += 1) {
      progress(round < 1 ? 'warming up' : `round ${round} of ${rounds}`);
      played.push(await play(round));
    }
  } finally {
    progress('');
  }
  return played.slice(warmUps);
}

export interface RoundOptions {
  readonly rounds: number;
  /** '': it is over. */
  readonly progress: (text: string) => void;
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
