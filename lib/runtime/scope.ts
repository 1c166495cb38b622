import { AsyncLocalStorage } from 'node:async_hooks';

/** What the work at hand carries with it, however deep, so that nobody passes it. */
export interface Scope {
  /** On every line that is logged. */
  readonly fields: Record<string, unknown>;
  /** The metrics of the invocation, by name and dimension values. */
  readonly series?: Map<string, Series> | undefined;
}

/** The values of one metric with one set of dimension values. */
interface Series {
  readonly name: string;
  readonly values: Readonly<Record<string, string>>;
  readonly added: number[];
}

/** One for log and metrics together. Engines and tests run several invocations side by side in one process. */
const storage = new AsyncLocalStorage<Scope>();

export const scope = (): Scope | undefined => storage.getStore();

/** Runs `work` in the scope that is, with these changes. */
export function inScope<T>(changes: Partial<Scope>, work: () => T): T {
  return storage.run({ fields: {}, ...storage.getStore(), ...changes }, work);
}
