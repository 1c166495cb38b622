import type { FunctionLogLine } from '../../kit/target.ts';
import type { DeliveryStep, StoryStep, TryStep } from '../explain/steps.ts';
import { type Story, storiesOf } from '../explain/story.ts';

/** A delivery and what became of it so far; or a job that no delivery here brought: a review, or one of before. */
export interface LogRow {
  /** When it came in; ISO 8601. */
  readonly time: string;
  readonly source: string | undefined;
  readonly topic: string | undefined;
  readonly types: readonly string[];
  readonly order: string | undefined;
  readonly eventId: string | undefined;
  readonly jobId: string | undefined;
  /** The contact that was labelled; undefined until it is known. */
  readonly contactId: string | undefined;
  /** The same for all events that name the contact in the same way; it does not say who that is. */
  readonly group: string | undefined;
  /** As `Story` has it. */
  readonly state: Story['state'];
  /** Of a label that is had: what was put and taken. Until then what the rules asked for. */
  readonly add: readonly string[];
  readonly remove: readonly string[];
  /** Labels that were as asked already. */
  readonly inPlace: readonly string[];
  /** Why it waits, was given up, ignored or refused: a word of the log's, or its sentence. */
  readonly reason: string | undefined;
  readonly detail: string | undefined;
  /** The rules that failed while others had labels, and why: a dead letter keeps the delivery for them. */
  readonly failedRules: string | undefined;
  /** When a job that is tried again comes back; ISO 8601. */
  readonly nextTryAt: string | undefined;
  /** How many facts it brought into the history. */
  readonly facts: number | undefined;
}

/**
 * A row for each delivery and each review in lines of the log, in whatever order the lines come; newest last. What
 * came again is a row of its own, `duplicate`.
 */
export const rowsOf = (lines: readonly FunctionLogLine[]): readonly LogRow[] =>
  storiesOf(lines)
    .flatMap(rowsOfStory)
    .sort((a, b) => Date.parse(a.time) - Date.parse(b.time));

/**
 * A row for each line as it comes: a delivery as it was answered, and then each try. The type of an event stands in
 * the line of its delivery alone, so the latest are kept in mind.
 */
export function createRowReader(mostKept = 10_000): (line: FunctionLogLine) => readonly LogRow[] {
  const types = new Map<string, Pick<LogRow, 'types' | 'order'>>();
  return (line) =>
    rowsOf([line]).map((row) => {
      const { jobId } = row;
      if (jobId === undefined) return row;
      const known = row.types.length > 0 ? row : types.get(jobId);
      if (known === undefined) return row;
      types.delete(jobId);
      types.set(jobId, { types: known.types, order: known.order });
      const [oldest] = types.keys();
      if (types.size > mostKept && oldest !== undefined) types.delete(oldest);
      return { ...row, types: known.types, order: known.order };
    });
}

function rowsOfStory(story: Story): readonly LogRow[] {
  const deliveries = story.steps.filter((step) => step.kind === 'delivery');
  const again = deliveries.filter(({ status }) => status === 'duplicate');
  const tries = story.steps.filter((step) => step.kind === 'try');
  const first = deliveries.find(({ status }) => status !== 'duplicate');
  const begun = first ?? tries[0];
  const duplicates = again.map((step) => ({
    ...aboutStory(story),
    ...ofDelivery(step),
    state: step.status,
    contactId: undefined,
    ...NO_TRY,
  }));
  return begun ? [rowOf(story, begun, first, tries), ...duplicates] : duplicates;
}

const NO_TRY = { inPlace: [], detail: undefined, nextTryAt: undefined, facts: undefined } as const;

const aboutStory = ({ source, topic, types, order, eventId, jobId, group }: Story) => ({
  source,
  topic,
  types,
  order,
  eventId,
  jobId,
  group,
});

const ofDelivery = ({ time, add, remove, reason, failedRules }: DeliveryStep) => ({
  time,
  add,
  remove,
  reason,
  failedRules,
});

function rowOf(
  story: Story,
  { time }: StoryStep,
  delivery: DeliveryStep | undefined,
  tries: readonly TryStep[],
): LogRow {
  const last = tries.at(-1);
  const asked = delivery && ofDelivery(delivery);
  const about = { ...aboutStory(story), time, state: story.state };
  const contactId = tries.findLast((one) => one.contactId)?.contactId;
  if (!last) {
    const { add = [], remove = [], reason, failedRules } = asked ?? {};
    return { ...about, contactId, add, remove, reason, failedRules, ...NO_TRY };
  }
  const isOver = last.outcome === 'done';
  const all = (name: 'added' | 'removed' | 'inPlace') => [
    ...new Set(tries.flatMap((one) => one[name])),
  ];
  // Of a job of which a part was given up, that part's line has the reason.
  const why = tries.findLast(({ outcome }) => outcome === 'dead-letter') ?? last;
  const { reason, detail } = story.state === 'waiting' ? last : why;
  return {
    ...about,
    contactId,
    add: isOver ? all('added') : (asked?.add ?? []),
    remove: isOver ? all('removed') : (asked?.remove ?? []),
    inPlace: all('inPlace'),
    reason,
    failedRules: asked?.failedRules,
    detail,
    nextTryAt: last.nextTryAt,
    facts: last.facts,
  };
}
