import { EventFields } from '../../../engine/log-lines.ts';
import type { FunctionLogLine } from '../../kit/target.ts';
import { type StoryStep, stepOf, type TryStep, timeOf } from './steps.ts';

/**
 * How an event stands: `waiting` for its next try, `partly-dead-letter` where some labels were had or a rule
 * failed, `queued`
 * where no try is in the log yet, `duplicate` where it was queued before the time that was searched, else what
 * the last delivery or try reports of it.
 */
type State = 'done' | 'waiting' | 'dead-letter' | 'partly-dead-letter' | 'queued' | (string & {});

/** What became of one event, oldest step first. */
export interface Story {
  readonly eventId?: string | undefined;
  readonly jobId?: string | undefined;
  readonly source?: string | undefined;
  readonly topic?: string | undefined;
  /** The number of the order, or its id where it has no number. */
  readonly order?: string | undefined;
  /** How the events name the contact, as a hash (`groupTag`). */
  readonly group?: string | undefined;
  readonly types: readonly string[];
  readonly state: State;
  readonly steps: readonly [StoryStep, ...StoryStep[]];
}

/** The stories in lines of both functions' logs, in whatever order the lines come. Every line is a step of one. */
export function storiesOf(lines: readonly FunctionLogLine[]): readonly Story[] {
  const sorted = lines.map((line) => ({ line, rank: rankOf(line) })).sort(byRank);
  const keyOf = keysOf(lines);
  const groups = Map.groupBy(
    sorted.map(({ line }) => line),
    keyOf,
  );
  return [...groups.values()].map(storyOf);
}

const STAGES = new Map<unknown, number>([
  ['delivery', 0],
  ['job', 2],
]);

/** By time; at the same millisecond a delivery comes before what was done about it. */
function rankOf(line: FunctionLogLine): string {
  const stage = STAGES.get(line.message) ?? 1;
  const { _aws: _, ...fields } = line;
  // A dead part of a job is reported before the rest of the same try.
  const end = line.outcome === 'dead-letter' ? 0 : 1;
  const sorted = Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${timeOf(line)} ${stage}${end} ${JSON.stringify(sorted)}`;
}

const byRank = (a: { rank: string }, b: { rank: string }): number =>
  a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : 0;

/**
 * An event is its job, where it has one: e-mail addresses in event ids are masked, so two events can
 * look alike. A line without a job belongs to the one job of its event.
 */
function keysOf(lines: readonly FunctionLogLine[]): (line: FunctionLogLine) => string {
  const eventOf = (line: FunctionLogLine) => {
    const { source, eventId, jobId } = EventFields.parse(line);
    return { jobId, event: eventId && JSON.stringify([source, eventId]) };
  };
  const jobs = new Map<string, Set<string>>();
  for (const { jobId, event } of lines.map(eventOf)) {
    if (jobId && event) jobs.set(event, (jobs.get(event) ?? new Set()).add(jobId));
  }
  return (line) => {
    const { jobId, event } = eventOf(line);
    const [only, ...others] = (event && jobs.get(event)) || [];
    const job = jobId ?? (others.length === 0 ? only : undefined);
    return job ? `job ${job}` : `event ${event ?? JSON.stringify(line)}`;
  };
}

function storyOf(lines: readonly FunctionLogLine[]): Story {
  const steps = lines.filter(({ message }) => message !== 'kept').map(stepOf);
  const [first, ...rest] = withReplays(steps);
  if (!first) throw new Error('A story has a line at least.');
  const events = lines.map((line) => EventFields.parse(line));
  const field = (name: 'eventId' | 'jobId' | 'source' | 'topic' | 'order' | 'group') =>
    events.map((event) => event[name]).find(Boolean);
  return {
    eventId: field('eventId'),
    jobId: field('jobId'),
    source: field('source'),
    topic: field('topic'),
    order: field('order'),
    group: field('group'),
    types: events.find(({ types }) => types.length > 0)?.types ?? [],
    state: stateOf([first, ...rest]),
    steps: [first, ...rest],
  };
}

/** Marks each try that a replay of a dead letter began: nothing was queued for it, and its receives count anew. */
function withReplays(steps: readonly StoryStep[]): readonly StoryStep[] {
  let ended: StoryStep | undefined;
  return steps.map((step) => {
    if (step.kind === 'note') return step;
    if (step.kind === 'delivery') {
      if (step.status === 'queued') ended = undefined;
      if (step.status === 'dead-letter') ended = step;
      return step;
    }
    const before = ended;
    ended = step.outcome === 'retry' ? undefined : step;
    if (before === undefined) return step;
    const isAnew = before.kind !== 'try' || (step.receives ?? 0) <= (before.receives ?? 0);
    return isAnew && !isSameTry(before, step) ? { ...step, replayed: true } : step;
  });
}

/** A dead part of a job is reported, and the rest of it at once. */
const isSameTry = (before: StoryStep | undefined, last: TryStep): boolean =>
  before?.kind === 'try' &&
  before.outcome === 'dead-letter' &&
  before.receives === last.receives &&
  isAtOnce(before, last);

/** A later delivery of the same event (`duplicate`) changes nothing. */
function stateOf(steps: readonly StoryStep[]): State {
  const tries = steps.filter((step) => step.kind === 'try');
  const last = tries.at(-1);
  if (!last) {
    const deliveries = steps.filter((step) => step.kind === 'delivery');
    const first = deliveries.find(({ status }) => status !== 'duplicate');
    return first?.status ?? (deliveries.length > 0 ? 'duplicate' : 'unknown');
  }
  if (last.outcome === 'retry') return 'waiting';
  if (last.outcome !== 'done') return last.outcome;
  const failed = steps.some((step) => step.kind === 'delivery' && step.failedRules !== undefined);
  // What a rule that failed left in the dead-letter queue is done by its replay.
  const isPartly = isSameTry(tries.at(-2), last) || (failed && !tries.some(isReplayed));
  return isPartly ? 'partly-dead-letter' : 'done';
}

const isReplayed = ({ replayed, outcome }: TryStep): boolean =>
  replayed === true && outcome === 'done';

/** A replayed dead letter counts its tries anew, so the number alone does not show it. */
const isAtOnce = (a: StoryStep, b: StoryStep): boolean =>
  Date.parse(b.time) - Date.parse(a.time) < 1000;
