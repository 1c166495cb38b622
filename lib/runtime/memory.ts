import type { TimeAndChance } from './clock.ts';

/** What a process remembers by key, within bounds. */
export interface Memory<T> {
  get(key: string): T | undefined;
  set(key: string, value: T): void;
  delete(key: string): void;
}

export interface MemoryOptions extends Partial<Pick<TimeAndChance, 'clock'>> {
  /** Beyond so many entries the one that was set longest ago goes. */
  readonly most: number;
  /** An entry is forgotten so many milliseconds after it was set. Default: never. */
  readonly ttlMs?: number;
}

export function createMemory<T>({
  most,
  ttlMs = Number.POSITIVE_INFINITY,
  clock = () => 0,
}: MemoryOptions): Memory<T> {
  const entries = new Map<string, { readonly value: T; readonly at: number }>();
  return {
    get(key) {
      const entry = entries.get(key);
      return entry && clock() - entry.at < ttlMs ? entry.value : undefined;
    },
    set(key, value) {
      entries.delete(key);
      entries.set(key, { value, at: clock() });
      const [oldest] = entries.keys();
      if (entries.size > most && oldest !== undefined) entries.delete(oldest);
    },
    delete(key) {
      entries.delete(key);
    },
  };
}
