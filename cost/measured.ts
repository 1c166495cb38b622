import { readFileSync } from 'node:fs';
import type { EventWork, Fixed, LogBytes, Way } from './usage.ts';

/** How events come, and what they know of their customer. */
export interface Ways {
  readonly 'e-mail': Way;
  readonly 'contact id': Way;
}

/** What `npm run bench:cost -- --save` measured and played: all that a bill needs but prices. */
export interface Measurements {
  readonly command: string;
  /** ISO 8601. */
  readonly date: string;
  readonly work: EventWork;
  readonly log: LogBytes;
  readonly memoryMb: Readonly<Record<'receive' | 'label', number>>;
  readonly fixed: Fixed;
  /** Custom metrics that both functions report. */
  readonly metrics: number;
  /** A million a month. */
  readonly evenly: Ways;
  /** All at once. */
  readonly backlog: Ways;
}

export const MEASURED_FILE = new URL('measured.json', import.meta.url);

export const readMeasurements = (): Measurements =>
  JSON.parse(readFileSync(MEASURED_FILE, 'utf8')) as Measurements;
