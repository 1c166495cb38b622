import type { JobLineField } from '../../../lib/labelling/job-line.ts';
import { groupTag } from '../../../lib/queue/identity.ts';
import type { LabelJob } from '../../../lib/queue/job.ts';
import { maskAddresses } from '../../../lib/runtime/mask.ts';
import { CliFailure } from '../../kit/failure.ts';
import type { Waiting } from '../../kit/patient-call.ts';
import type { FunctionLogLine, Target, UnreadableLine } from '../../kit/target.ts';
import { many } from '../../kit/words.ts';
import { BACKFILL_ID } from './customers.ts';

/** A search of a stage's log returns no more lines than these: cli/kit/stage-logs.ts. */
const MOST_LINES = 10_000;
/** A line of a stage may be found so long after it was written. */
const LINES_LATE_MS = 2 * 60_000;

/**
 * The labels that webhooks have settled since the newest order of the file: put, taken, or found in place.
 * They happened later than any old order, so theirs is the last word. Read from the worker's log, and with it who was no
 * contact when a job of a backfill came.
 */
export interface LiveEvents {
  /** Reads what the log has since the last look. */
  look(): Promise<void>;
  /** The job without the labels that a webhook has settled. Names may be left over, or none. */
  without(job: LabelJob): LabelJob;
  /** Whether this job was done by an earlier run, and the site had no such contact then. */
  metNobody(job: Pick<LabelJob, 'id'>): boolean;
  /** What is wrong where a line does not even show whom it is about: nothing may be sent then. */
  hole(): string | undefined;
}

export interface LiveOptions extends Pick<Running, 'now' | 'signal' | 'note'> {
  readonly target: Pick<Target, 'logs'>;
  /** When the newest order happened. Epoch milliseconds. */
  readonly since: number;
}

/** The fields of a `job` line that name labels. */
const NAMES = ['added', 'removed', 'inPlace', 'superseded'] as const satisfies JobLineField[];

/** As a field, and not within a text: a sender's quotes are escaped there. */
const GROUP = /(?<!\\)"group":"([0-9a-f]{12})"/g;

export function createLiveEvents(options: LiveOptions): LiveEvents {
  const { target, since, now, signal, note } = options;
  /** The contacts of a group: what a webhook names by another address counts as well. */
  const contactsOf = new Map<string, Set<string>>();
  const settledOf = new Map<string, Set<string>>();
  const unclear = new Set<string>();
  const metNobody = new Set<string>();
  const holes = new Set<string>();
  let lookedAt: number | undefined;

  const onUnreadable = ({ text, where }: UnreadableLine): void => {
    const groups = [...text.matchAll(GROUP)].map(([, group = '']) => group);
    for (const group of groups) unclear.add(group);
    if (groups.length === 0) holes.add(where);
  };

  function take(line: FunctionLogLine): void {
    const { message, group, contactId, eventId, jobId } = line;
    if (message !== 'job' || typeof group !== 'string') return;
    const isOld = `${eventId}`.startsWith(BACKFILL_ID);
    if (isOld && contactId === undefined) metNobody.add(`${jobId}`);
    if (typeof contactId !== 'string') return;
    put(contactsOf, group, [contactId]);
    if (isOld) {
      metNobody.delete(`${jobId}`);
      return;
    }
    const names = NAMES.flatMap((field) => texts(line[field]));
    put(settledOf, contactId, names);
  }

  function isSettled(group: string, name: string): boolean {
    const contacts = [...(contactsOf.get(group) ?? [])];
    // The log has names as it masks them.
    const logged = maskAddresses(name);
    return unclear.has(group) || contacts.some((id) => settledOf.get(id)?.has(logged));
  }

  return {
    async look() {
      const from = lookedAt === undefined ? since : Math.max(since, lookedAt - LINES_LATE_MS);
      const [begun, doubts] = [now(), unclear.size];
      const anyOf = ['"outcome":"done"'];
      const lines = await target.logs({ since: from, anyOf, onUnreadable, signal });
      lookedAt = begun;
      for (const line of lines) take(line);
      if (lines.length >= MOST_LINES) note(TOO_MANY);
      if (unclear.size > doubts) note(unclearInWords(unclear.size));
    },
    without(job) {
      const isOpen = (name: string): boolean => !isSettled(groupTag(job), name);
      return { ...job, add: job.add.filter(isOpen), remove: job.remove.filter(isOpen) };
    },
    metNobody: ({ id }) => metNobody.has(id),
    hole: () => (holes.size > 0 ? holesInWords([...holes]) : undefined),
  };
}

/** What a run has at hand while it labels and sends. */
export interface Running extends Waiting {
  readonly live: LiveEvents;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** For the person who waits. */
  readonly note: (text: string) => void;
}

/** Reads the log before anything is changed. @throws CliFailure where a line leaves open whom it is about */
export async function lookOrStop(live: LiveEvents): Promise<void> {
  await live.look();
  const hole = live.hole();
  if (hole) throw new CliFailure(`Stopped. ${hole}`);
}

function put(map: Map<string, Set<string>>, key: string, values: readonly string[]): void {
  map.set(key, new Set([...(map.get(key) ?? []), ...values]));
}

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];

const TOO_MANY =
  'So many events came by webhook since the newest order of the file that the log does not give them all. Export the orders anew.';

const unclearInWords = (customers: number): string =>
  `Lines of the log about ${many(customers, 'customer')} cannot be read, so it is not known which labels a webhook has settled since the newest order: they are left alone.`;

const holesInWords = (holes: readonly string[]): string =>
  `${many(holes.length, 'line')} of the log cannot be read (${holes.slice(0, 3).join(', ')}${holes.length > 3 ? ', …' : ''}): a webhook settled somebody's label since the newest order of the file, and an older order could undo that. Export the orders anew, after that time.`;
