import { readFileSync } from 'node:fs';

/**
 * CPU milliseconds of a function's process, all threads: the least of several processes, as whatever else
 * the machine does adds to the time and never takes from it.
 */
export interface FunctionWork {
  /** Node itself. */
  readonly bootMs: number;
  readonly loadMs: number;
  readonly firstMs: number;
  /** Each of the next events: one delivery, or a batch of one job. */
  readonly nextMs: number;
}

/** What one event makes the functions do, and how large what they send is. */
export interface EventWork {
  readonly receive: FunctionWork;
  readonly label: FunctionWork;
  /** A batch of `FULL_BATCH` jobs of as many customers, in a process at work for long. */
  readonly fullBatchMs: number;
  /** A job's message. */
  readonly jobBytes: number;
  readonly bytesAWixCall: number;
  /** What the sender is answered. */
  readonly answerBytes: number;
}

/** Log bytes of one event that is queued and labelled. */
export interface LogBytes {
  readonly receive: number;
  readonly label: number;
  /** Lines of each invocation of `label`, whatever it labels. */
  readonly labelInvocation: number;
}

/** What the simulated worker made of events that come in one way, for one event. */
export interface Way {
  /** Requests to Wix. */
  readonly calls: number;
  /** Of `label`. */
  readonly invocations: number;
  /** Waits of `label`, sleeping for its turn and for Wix's answers; Lambda bills them. */
  readonly waitMs: number;
  readonly sqsRequests: number;
}

export interface EventMeasurements {
  readonly work: EventWork;
  readonly log: LogBytes;
  readonly memoryMb: Readonly<Record<'receive' | 'label', number>>;
}

/** What is there, and paid for, without one event. */
export interface Fixed {
  /** Metrics that alarms watch. */
  readonly alarms: number;
  readonly dashboards: number;
  /** Parameters that the functions read. */
  readonly parameters: number;
}

/** What is used only where rules.yml has `labels:`. */
export interface StandingMeasurements {
  /** Write request units of DynamoDB that one event takes, its reviews included. */
  readonly writeUnits: number;
  /** Read request units of the same. */
  readonly readUnits: number;
  readonly wakeMemoryMb: number;
  /** Metrics that its alarms watch. */
  readonly alarms: number;
}

/** How events come, and what they know of their customer. */
export interface Ways {
  readonly 'e-mail': Way;
  readonly 'contact id': Way;
}

/** What `npm run bench:cost -- --save` measured and played: all that a bill needs but prices. */
export interface Measurements extends EventMeasurements {
  readonly command: string;
  /** ISO 8601. */
  readonly date: string;
  readonly fixed: Fixed;
  /** Custom metrics that both functions report. */
  readonly metrics: number;
  readonly standing: StandingMeasurements;
  /** A million a month. */
  readonly evenly: Ways;
  /** All at once. */
  readonly backlog: Ways;
}

export const MEASURED_FILE = new URL('measured.json', import.meta.url);

export const readMeasurements = (): Measurements =>
  JSON.parse(readFileSync(MEASURED_FILE, 'utf8')) as Measurements;
