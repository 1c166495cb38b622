import { toJson } from '../../../lib/runtime/log-line.ts';
import type { FunctionLogLine, Target, UnreadableLine } from '../../kit/target.ts';
import { type Story, storiesOf } from './story.ts';
import { orderNumber, type PersonKeys, type Subject } from './subject.ts';

export interface Search {
  readonly subject: Subject;
  readonly person: PersonKeys;
  /** Epoch milliseconds. */
  readonly since: number;
  /** The most events that are shown: the latest. */
  readonly limit: number;
  readonly signal: AbortSignal;
}

export interface SearchResult {
  /** In the order in which they came in. */
  readonly stories: readonly Story[];
  /** How many older ones there are besides. */
  readonly more: number;
  /** Lines that may be about it and cannot be read, so that something may be missing. */
  readonly unreadable: readonly UnreadableLine[];
}

/** A part of an id this long is enough: shorter ones would be found in others by chance. */
const PREFIX_LENGTH = 8;

/**
 * The stories about a subject in the logs. The first look finds lines that name it; a line about a try may
 * name a person where the delivery's does not, so a second look fetches all of those events.
 */
export async function searchLogs(
  target: Pick<Target, 'logs'>,
  { subject, person, since, limit, signal }: Search,
): Promise<SearchResult> {
  const anyOf = textsOf(subject, person);
  const lost = new Map<string, UnreadableLine>();
  const onUnreadable = (line: UnreadableLine) => lost.set(line.text, line);
  const query = { since, signal, onUnreadable };
  const lines = await target.logs({ ...query, anyOf });
  const found = storiesOf(lines.filter((line) => names(line, subject, person)));
  const latest = found.toSorted(by(endOf)).slice(-limit);
  const more = found.length - latest.length;
  const keys = new Set(latest.map(keyOf));
  const whole =
    latest.length === 0 ? [] : await target.logs({ ...query, anyOf: [...keys].map(inJson) });
  const stories = storiesOf(
    whole.filter(({ jobId, eventId }) => keys.has(`${jobId}`) || keys.has(`${eventId}`)),
  );
  return { stories: stories.toSorted(by(beginOf)), more, unreadable: [...lost.values()] };
}

/** What a line that may name the subject holds, as it stands in JSON. */
function textsOf({ kind, value }: Subject, { contactIds, groups }: PersonKeys): readonly string[] {
  if (kind === 'order') return ['', '#'].map((sign) => `"order":"${sign}${inJson(value)}"`);
  const ids = kind === 'email' ? [] : [value];
  return [...new Set([...ids, ...contactIds, ...groups])].map(inJson);
}

/** Lines of one event share its job's id, or where it has none its own. */
const keyOf = ({ jobId, eventId }: Story): string => jobId ?? eventId ?? '';

const beginOf = ({ steps: [first] }: Story): string => first.time;
const endOf = ({ steps }: Story): string => steps.at(-1)?.time ?? '';
const by =
  (timeOf: (story: Story) => string) =>
  (a: Story, b: Story): number =>
    Date.parse(timeOf(a)) - Date.parse(timeOf(b));

/** As it stands between the quotes of a logged text. */
export const inJson = (text: string): string => toJson(text).slice(1, -1);

function names(
  line: FunctionLogLine,
  subject: Subject,
  { contactIds, groups }: PersonKeys,
): boolean {
  const {
    jobId = '',
    eventId = '',
    contactId = '',
    group = '',
    order = '',
  } = line as Record<string, string>;
  if (groups.includes(group) || contactIds.includes(contactId.toLowerCase())) return true;
  if (subject.kind === 'email') return false;
  const { kind, value } = subject;
  if (orderNumber(`${order}`) === value) return true;
  if (kind === 'order') return false;
  if (eventId === value || jobId === value) return true;
  const isLong = value.length >= PREFIX_LENGTH;
  // Shopify's own id of an event stands in ours behind its topic.
  return isLong && (jobId.startsWith(value) || eventId.includes(value));
}
