import type { Arrival } from '../../simulators/deployment/distant-wix.ts';
import type { Log } from '../../simulators/deployment/output.ts';
import type { SimulationOptions } from '../../simulators/deployment/simulation.ts';
import type { Message } from '../../simulators/sqs/message.ts';
import type { FaultStage, Span } from './stage.ts';
import type { TrafficOptions } from './traffic.ts';
import type { LabelHistory } from './verdict.ts';

/** One thing that goes wrong for a while. */
export interface FaultCase {
  readonly name: string;
  readonly what: string;
  /** How long it lasts. */
  readonly minutes: number;
  /** How many times as many events as other runs have; default 1. */
  readonly times?: number;
  /** With which credentials the worker calls Wix. Default: the API key. */
  readonly as?: 'api key' | 'app';
  readonly settings?: Partial<SimulationOptions>;
  readonly traffic?: Partial<TrafficOptions>;
  /** Events of one person, on average; default 6. */
  readonly eventsEach?: number;
  /** The reasons that its dead letters may have; default none. */
  readonly deadLetters?: readonly string[];
  /** The most calls while it lasts. Default: any number. */
  readonly mostCalls?: number;
  /** The calls in 60 s are not judged: a worker that loses its memory or its clock may use its share twice. */
  readonly windowUnjudged?: boolean;
  /** Arranges it, at the start of the run. */
  begin(stage: FaultStage, span: Span): void | Promise<void>;
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
