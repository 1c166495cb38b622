import type { Arrival } from '../../simulators/deployment/distant-wix.ts';
import type { Log } from '../../simulators/deployment/output.ts';
import type { SimulationOptions } from '../../simulators/deployment/simulation.ts';
import type { Message } from '../../simulators/sqs/message.ts';
import type { Span, Stage } from './stage.ts';
import type { TrafficOptions } from './traffic.ts';
import type { LabelHistory } from './verdict.ts';

/** One thing that goes wrong for a while. */
export interface Fault {
  readonly name: string;
  readonly what: string;
  /** How long it lasts. */
  readonly minutes: number;
  /** So many times the events of other runs; default 1. */
  readonly times?: number;
  /** What the worker shows at Wix. Default: the API key. */
  readonly as?: 'api key' | 'app';
  readonly settings?: Partial<SimulationOptions>;
  readonly traffic?: Partial<TrafficOptions>;
  /** Events of one person, on average; default 6. */
  readonly eventsEach?: number;
  /** The reasons that its dead letters may have; default none. */
  readonly deadLetters?: readonly string[];
  /** While it lasts, where the worker is to leave Wix alone. */
  readonly mostCalls?: number;
  /** A worker that loses its memory, or its sense of time, may use its share of the minute twice. */
  readonly windowUnjudged?: boolean;
  /** Arranges it, at the start of the run. */
  begin(stage: Stage, span: Span): void | Promise<void>;
  /** What else must hold afterwards; @returns what does not */
  check?(after: After): readonly string[];
}

/** What a run left behind. */
export interface After {
  readonly span: Span;
  readonly arrivals: readonly Arrival[];
  readonly deadLetters: readonly Message[];
  readonly labels: readonly LabelHistory[];
  readonly log: Log;
}
