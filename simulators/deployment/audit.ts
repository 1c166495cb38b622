import type { LabelJob } from '../../lib/queue/job.ts';
import type { Message } from '../sqs/message.ts';

/** A job as it was sent, and the contact it is about. */
export interface SentJob {
  readonly job: LabelJob;
  readonly contactId: string;
}

export interface Audit {
  /** Jobs with a last say about a label that did not come true, and no dead letter of theirs. */
  readonly lost: readonly SentJob[];
  /** Labels on contacts which no job gave, as `contact name`. */
  readonly strange: readonly string[];
  /** By reason; what SQS itself gave up has none and counts as `received too often`. */
  readonly deadLetters: Readonly<Record<string, number>>;
}

/**
 * Holds what contacts have at the end of a run against what was sent, in the order in which it counts.
 * Of each label of each contact the last say is checked that has no dead letter.
 */
export function audit(
  sent: readonly SentJob[],
  deadLetters: readonly Message[],
  labelNamesOf: (contactId: string) => readonly string[],
): Audit {
  const dead = new Set(deadLetters.map(({ body }) => (JSON.parse(body) as LabelJob).id));
  const byContact = Map.groupBy(sent, ({ contactId }) => contactId);
  const lost = new Set<SentJob>();
  const strange: string[] = [];
  for (const [contactId, all] of byContact) {
    const has = new Set(labelNamesOf(contactId));
    const given = new Set(all.flatMap(({ job }) => job.add));
    for (const one of untrue(all, dead, has)) lost.add(one);
    for (const name of has) if (!given.has(name)) strange.push(`${contactId} ${name}`);
  }
  return { lost: [...lost], strange, deadLetters: countByReason(deadLetters) };
}

/** How many dead letters there are for each reason. What SQS itself gave up has none: `received too often`. */
export function countByReason(deadLetters: readonly Message[]): Readonly<Record<string, number>> {
  const groups = Map.groupBy(
    deadLetters,
    ({ attributes }) => attributes.reason?.StringValue ?? 'received too often',
  );
  return Object.fromEntries(
    [...groups].map(([reason, deadLetters]) => [reason, deadLetters.length]),
  );
}

/** The jobs whose last say about a label did not come true. */
function untrue(
  all: readonly SentJob[],
  dead: ReadonlySet<string>,
  has: ReadonlySet<string>,
): readonly SentJob[] {
  const says = new Map<string, { readonly one: SentJob; readonly given: boolean }>();
  for (const one of all) {
    if (dead.has(one.job.id)) continue;
    for (const name of one.job.remove) says.set(name, { one, given: false });
    for (const name of one.job.add) says.set(name, { one, given: true });
  }
  const wrong = says.entries().filter(([name, { given }]) => has.has(name) !== given);
  return wrong.map(([, { one }]) => one).toArray();
}
