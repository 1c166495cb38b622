import type { TimeAndChance } from './clock.ts';

export interface MemoryOptions extends Partial<Pick<TimeAndChance, 'clock'>> {
  /** Beyond so many entries the one that was set longest ago goes. */
  readonly most: number;
  /** An entry is forgotten so many milliseconds after it was set. Default: never. */
  readonly ttlMs?: number;
}

/** What a process remembers by key, within bounds. */
export function createMemory<T>({ most, ttlMs, clock = () => 0 }: MemoryOptions) {
  const entries = new Map<string, { readonly value: T; readonly at: number }>();
  return {
    get(key: string): T | undefined {
      const entry = entries.get(key);
      const isForgotten = entry && ttlMs !== undefined && clock() - entry.at >= ttlMs;
      return isForgotten ? undefined : entry?.value;
    },
    set(key: string, value: T): void {
      entries.delete(key);
      entries.set(key, { value, at: clock() });
      const [oldest] = entries.keys();
      if (entries.size > most && oldest !== undefined) entries.delete(oldest);
    },
    delete(key: string): void {
      entries.delete(key);
    },
  };
}
