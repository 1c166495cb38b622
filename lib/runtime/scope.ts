import { AsyncLocalStorage } from 'node:async_hooks';

/** What goes along with the work at hand, however deep, so that nobody passes it. */
export interface Scope {
  /** On every line that is logged. */
  readonly fields: Record<string, unknown>;
  /** What the invocation noted of its metrics, by metric and dimension values. */
  readonly series?: Map<string, Series> | undefined;
}

/** What an invocation noted of one metric with one set of dimension values. */
export interface Series {
  readonly name: string;
  readonly values: Readonly<Record<string, string>>;
  readonly noted: number[];
}

/** One for log and metrics together. Engines and tests run several invocations side by side in one process. */
const storage = new AsyncLocalStorage<Scope>();

export const scope = (): Scope | undefined => storage.getStore();

/** Runs `work` in the scope that is, with these changes. */
export function inScope<T>(changes: Partial<Scope>, work: () => T): T {
  return storage.run({ fields: {}, ...storage.getStore(), ...changes }, work);
}
