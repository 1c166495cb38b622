import type { StoryStep, TryStep } from '../../cli/commands/explain/steps.ts';
import { type Story, storiesOf } from '../../cli/commands/explain/story.ts';
import { reasonInWords } from '../../cli/commands/explain/words.ts';
import { digest } from '../../lib/runtime/digest.ts';
import type { Flow, FlowState } from '../../page/api.ts';
import type { Delivered, LogLine, Pieces } from './pieces.ts';

/** What is known besides what was logged. */
export interface Known {
  /** The e-mail, else the name, of a contact. */
  ofContact(contactId: string): string | undefined;
  /** How the job names its contact. */
  ofJob(jobId: string): string | undefined;
  /** The message of a job in the queue, while there is one. */
  inQueue(jobId: string): Queued | undefined;
}

export interface Queued {
  /** Put off until then (epoch milliseconds); undefined for one that is in hand, or whose turn comes. */
  readonly heldUntil: number | undefined;
}

/** A flow, and the lines that it is made of. */
export interface FlowWithStory {
  readonly flow: Flow;
  /** Undefined where a request was answered and nothing else is known. */
  readonly story: Story | undefined;
  readonly lines: readonly LogLine[];
}

/**
 * The flows of one event: one, but where addresses in ids of events are masked and two look alike. The order in which
 * the pieces came does not matter. Pure.
 */
export function flowsOf(pieces: Pieces, known: Known): readonly FlowWithStory[] {
  const stories = storiesOf(pieces.lines);
  // A delivery that was read has a line: it is on its way.
  if (stories.length === 0) return pieces.deliveries.filter(isUnread).slice(0, 1).map(unreadFlow);
  return stories.map((story) => {
    const flow = flowOf(pieces, story, known);
    const lines = pieces.lines.filter((line) => isOf(line, story, stories.length === 1));
    return { flow, story, lines };
  });
}

const isOf = (line: LogLine, { jobId }: Story, isOnly: boolean): boolean =>
  isOnly || line.jobId === jobId;

const idOf = (key: string): string => digest(key).slice(0, 24);

const isUnread = ({ eventId }: Delivered): boolean => eventId === undefined;

function unreadFlow(delivered: Delivered): FlowWithStory {
  const { at, source, status, reason } = delivered;
  const state = DELIVERY_STATES[status ?? ''] ?? 'refused';
  const flow: Flow = {
    id: idOf(`request ${delivered.id}`),
    at,
    source,
    type: '',
    person: undefined,
    contactId: undefined,
    rules: [],
    add: [],
    remove: [],
    state,
    reason: reason ?? (status === 'ping' ? 'a handshake of the sender' : undefined),
    nextTryAt: undefined,
    tries: 0,
  };
  return { flow, story: undefined, lines: [] };
}

function flowOf({ key, since }: Pieces, story: Story, known: Known): Flow {
  const { jobId, steps } = story;
  const deliveries = steps.filter((step) => step.kind === 'delivery');
  const asked = deliveries.find(({ status }) => status !== 'duplicate') ?? deliveries[0];
  const tries = steps.filter((step) => step.kind === 'try');
  const last = tries.at(-1);
  const contactId = tries.findLast((step) => step.contactId)?.contactId;
  const person =
    (contactId && known.ofContact(contactId)) || (jobId && known.ofJob(jobId)) || undefined;
  const queued = jobId === undefined ? undefined : known.inQueue(jobId);
  const logged = stateOf(story, tries);
  const state = nowInQueue(logged, queued);
  const wait = state === 'waiting' ? waitOf(last, queued) : undefined;
  return {
    id: jobId ?? idOf(key),
    at: firstTime(steps) ?? since,
    source: story.source ?? '',
    type: typeOf(story),
    person,
    contactId,
    rules: asked?.rules ?? [],
    add: union(asked?.add, ...tries.map((step) => step.added)),
    remove: union(asked?.remove, ...tries.map((step) => step.removed)),
    state,
    reason: wait?.reason ?? reasonOf(state, tries, asked),
    nextTryAt: wait?.until,
    tries: tries.length,
  };
}

/** An event of type `custom` is known by its topic. */
const typeOf = ({ types: [type], topic = '' }: Story): string =>
  type === undefined || type === 'custom' ? topic || (type ?? '') : type;

/** What rules asked for, and what standing labels changed besides. */
const union = (...lists: readonly (readonly string[] | undefined)[]): readonly string[] => [
  ...new Set(lists.flatMap((list) => list ?? [])),
];

function firstTime(steps: readonly StoryStep[]): number | undefined {
  const time = Date.parse(steps[0]?.time ?? '');
  return time > 0 ? time : undefined;
}

const DELIVERY_STATES: Readonly<Record<string, FlowState>> = {
  queued: 'queued',
  duplicate: 'queued',
  ignored: 'ignored',
  ping: 'ignored',
  'dead-letter': 'dead-letter',
};

function stateOf({ state }: Story, tries: readonly TryStep[]): FlowState {
  const last = tries.at(-1);
  if (last === undefined) return DELIVERY_STATES[state] ?? 'refused';
  if (state === 'waiting') return 'waiting';
  if (state === 'dead-letter' || state === 'partly-dead-letter') return 'dead-letter';
  if (last.contactId === undefined) return last.facts ? 'remembered' : 'ignored';
  const isChanged = tries.some(({ added, removed }) => added.length + removed.length > 0);
  return isChanged ? 'labelled' : 'unchanged';
}

/** A job that is held back has no line of its own, and a dead letter that was replayed has none yet. */
function nowInQueue(logged: FlowState, queued: Queued | undefined): FlowState {
  if (!queued) return logged;
  if (queued.heldUntil !== undefined) return 'waiting';
  return logged === 'dead-letter' ? 'queued' : logged;
}

/** How far the queue's time of a job may be from the one in its line. */
const SAME_MS = 3_000;

function waitOf(last: TryStep | undefined, queued: Queued | undefined) {
  const said = last?.nextTryAt ? Date.parse(last.nextTryAt) : undefined;
  const until = queued?.heldUntil ?? said;
  const isHeld = said === undefined || Math.abs((until ?? said) - said) > SAME_MS;
  return { until, reason: reasonInWords(isHeld ? 'circuit-open' : last?.reason) };
}

function reasonOf(
  state: FlowState,
  tries: readonly TryStep[],
  asked: Extract<StoryStep, { kind: 'delivery' }> | undefined,
): string | undefined {
  const last = tries.at(-1);
  if (last === undefined) return asked?.reason ?? asked?.failedRules;
  if (state === 'remembered') return 'kept until there is such a contact';
  if (state === 'ignored') {
    return reasonInWords(last.reason === 'no-such-contact' ? 'contact-not-found' : last.reason);
  }
  // Of a job that is dead in part, the rest may have been done after that.
  const given = tries.findLast(({ outcome }) => outcome === 'dead-letter');
  return state === 'dead-letter' ? reasonInWords(given?.reason) : undefined;
}
