import { KEYS_PER_CALL } from '../../../lib/wix/contacts.ts';

/** What one contact is to get and to lose, as label keys that it has not and has. */
export interface ContactKeys {
  readonly contactId: string;
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** One bulk job. */
export interface Task {
  readonly contactIds: readonly string[];
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** Who is labelled by bulk jobs, and who by calls of their own. */
export interface Grouping {
  readonly tasks: readonly Task[];
  readonly singles: readonly ContactKeys[];
}

/** Ids in one filter. Wix names no limit; a refusal halves it. */
export const IDS_PER_TASK = 500;
/** A job is started and asked for. */
export const CALLS_PER_TASK = 2;

export const chunks = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );

/** Label Contact and Unlabel Contact: a hundred keys a call. */
export const callsAlone = ({ add, remove }: Omit<ContactKeys, 'contactId'>): number =>
  Math.ceil(add.length / KEYS_PER_CALL) + Math.ceil(remove.length / KEYS_PER_CALL);

export const callsFor = ({ tasks, singles }: Grouping): number =>
  tasks.length * CALLS_PER_TASK + singles.reduce((sum, one) => sum + callsAlone(one), 0);

/**
 * The cheaper of two ways: a job for all contacts that want the same labels, or a job for each label. Pure;
 * every contact gets exactly what it wants either way.
 */
export function group(wanted: readonly ContactKeys[]): Grouping {
  const ways = [bySet(wanted), byLabel(wanted)];
  return ways.toSorted((a, b) => callsFor(a) - callsFor(b))[0] as Grouping;
}

/** Who wants the same goes together; a set of few contacts is cheaper without a job. */
export function bySet(wanted: readonly ContactKeys[]): Grouping {
  const sets = Map.groupBy(wanted, ({ add, remove }) =>
    JSON.stringify([add.toSorted(), remove.toSorted()]),
  );
  const tasks: Task[] = [];
  const singles: ContactKeys[] = [];
  for (const members of sets.values()) {
    const [{ add, remove } = { add: [], remove: [] }] = members;
    const jobs = jobsFor(
      members.map(({ contactId }) => contactId),
      add,
      remove,
    );
    const alone = members.length * callsAlone({ add, remove });
    if (alone <= jobs.length * CALLS_PER_TASK) singles.push(...members);
    else tasks.push(...jobs);
  }
  return { tasks, singles };
}

export function byLabel(wanted: readonly ContactKeys[]): Grouping {
  const tasks = (['add', 'remove'] as const).flatMap((verb) => {
    const pairs = wanted.flatMap((one) => one[verb].map((key) => ({ key, id: one.contactId })));
    return [...Map.groupBy(pairs, ({ key }) => key)].flatMap(([key, members]) => {
      const ids = members.map(({ id }) => id);
      return verb === 'add' ? jobsFor(ids, [key], []) : jobsFor(ids, [], [key]);
    });
  });
  return { tasks, singles: [] };
}

function jobsFor(ids: readonly string[], add: readonly string[], remove: readonly string[]) {
  const adds = chunks(add, KEYS_PER_CALL);
  const removes = chunks(remove, KEYS_PER_CALL);
  const rounds = Math.max(adds.length, removes.length);
  return chunks(ids, IDS_PER_TASK).flatMap((contactIds) =>
    Array.from({ length: rounds }, (_, i): Task => {
      return { contactIds, add: adds[i] ?? [], remove: removes[i] ?? [] };
    }),
  );
}
