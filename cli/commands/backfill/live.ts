import type { JobLineField } from '../../../lib/labelling/job-line.ts';
import type { LogQuery, Target, UnreadableLine } from '../../kit/target.ts';
import type { Journal } from './journal.ts';

/** More lines than these a search of a stage's log does not give: see cli/kit/stage-logs.ts. */
const MOST_LINES = 10_000;

export interface LiveSays {
  /** Label names by contact id. */
  readonly by: ReadonlyMap<string, ReadonlySet<string>>;
  /** There may be more than the log was searched for. */
  readonly partial: boolean;
  /** Contacts about whom a line cannot be read whole: any label of theirs may be in place. */
  readonly unclear: ReadonlySet<string>;
  /** Where lines are that do not even show whom they are about. */
  readonly holes: readonly string[];
}

interface Noted {
  readonly says: readonly (readonly [contactId: string, names: readonly string[]])[];
  readonly lines: number;
  /** Absent in a journal of an older version. */
  readonly unclear?: readonly string[];
  readonly holes?: readonly string[];
}

/** As a field, and not within a text: a sender's quotes are escaped there. */
const CONTACT = /(?<!\\)"contactId":"([\w-]{36})"/g;

/**
 * The labels that events which came by webhook had their say about, put or taken or in place already, since
 * the newest event of the file: they happened later than any old order, so theirs is the last word. From the
 * worker's log, so it costs no Wix call. It is read anew, for what came after a dry run, as long as nothing
 * was changed at the site; from then on the plan has to stay what it was.
 */
export async function liveSays(
  target: Pick<Target, 'logs'>,
  site: string,
  query: Omit<LogQuery, 'anyOf' | 'onUnreadable'>,
  journal: Journal,
  isBegun: boolean,
): Promise<LiveSays> {
  const noted = await journal[isBegun ? 'once' : 'anew']('live', async (): Promise<Noted> => {
    const unclear: string[] = [];
    const holes: string[] = [];
    const onUnreadable = ({ text, where }: UnreadableLine): void => {
      const contacts = [...text.matchAll(CONTACT)].map(([, contactId = '']) => contactId);
      unclear.push(...contacts);
      if (contacts.length === 0) holes.push(where);
    };
    const anyOf = ['"outcome":"done"'];
    const found = await target.logs({ ...query, anyOf, onUnreadable });
    const jobs = found.filter((line) => line.message === 'job' && line.site === site);
    return {
      says: jobs.flatMap((line) =>
        typeof line.contactId === 'string'
          ? [[line.contactId, NAMES.flatMap((name) => texts(line[name]))] as const]
          : [],
      ),
      lines: found.length,
      unclear,
      holes,
    };
  });
  const { says, lines, unclear = [], holes = [] } = noted;
  const by = new Map<string, Set<string>>();
  for (const [contactId, names] of says) {
    by.set(contactId, new Set([...(by.get(contactId) ?? []), ...names]));
  }
  return { by, partial: lines >= MOST_LINES, unclear: new Set(unclear), holes };
}

/** The fields of a `job` line that name labels. */
const NAMES = ['added', 'removed', 'inPlace', 'superseded'] as const satisfies JobLineField[];

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
