import { unbroken } from '../../../lib/runtime/visible.ts';
import { sourceNamed } from '../../../lib/sources/index.ts';
import { paint, type Terminal } from '../../kit/terminal.ts';
import { many } from '../../kit/words.ts';
import type { DeliveryStep, NoteStep, StoryStep, TryStep } from './steps.ts';
import type { Story } from './story.ts';
import { noteInWords, reasonInWords, waitInWords } from './words.ts';

export interface StoryOptions {
  readonly terminal: Terminal;
  /** Epoch milliseconds. */
  readonly now: number;
  /** What a hint's command line needs besides: ` --stage prod`, or ''. */
  readonly targetOptions: string;
}

/** A story as lines of text: what it is, each step with its time, and how it stands. */
export function renderStory(story: Story, options: StoryOptions): string {
  const { terminal } = options;
  const what = story.types.join(', ') || story.topic || 'a delivery';
  const from = [story.source, story.types.length > 0 && story.topic].filter(Boolean).join(' ');
  const head = `${paint(terminal, 'bold', what)}${from ? `  ${from}` : ''}`;
  const ids = [
    ['event', story.eventId],
    ['job', story.jobId],
  ].flatMap(([name, id]) =>
    id ? [`  ${paint(terminal, 'dim', `${name?.padEnd(5)} ${id}`)}`] : [],
  );
  const steps = story.steps.flatMap((step) => {
    const [first = '', ...rest] = linesOf(step);
    return [`  ${clock(step.time)}  ${first}`, ...rest.map((line) => `${' '.repeat(23)}${line}`)];
  });
  const lines = [head, ...ids, ...steps, `  → ${endOf(story, options)}`];
  return lines.map(unbroken).join('\n');
}

/** `2026-11-22 12:03:11`, in UTC. */
export const clock = (iso: string): string => iso.slice(0, 19).replace('T', ' ');

function linesOf(step: StoryStep): readonly string[] {
  if (step.kind === 'delivery') return deliveryLines(step);
  return step.kind === 'try' ? tryLines(step) : [noteLine(step)];
}

const STATUSES: Readonly<Record<string, string>> = {
  queued: 'came in',
  duplicate: 'came in again: a duplicate, nothing more was queued',
  ignored: 'came in, and was ignored',
  ping: 'came in: a handshake of the sender',
  'dead-letter': 'came in, and could not go on: it is kept as a dead letter',
  refused: 'was refused',
  'unknown-source': 'was refused: there is no such source',
  'too-large': 'was refused: it is too large',
  unavailable: 'could not be taken: the sender was asked to come again',
};

function deliveryLines(step: DeliveryStep): string[] {
  const { status, httpStatus, reason, failedRules, rules, add, remove } = step;
  const answer = httpStatus === undefined ? '' : ` (answered ${httpStatus})`;
  const said = `${STATUSES[status] ?? `came in (${status})`}${answer}`;
  const why = reason ? `: ${reason}` : '';
  if (rules.length === 0) return [`${said}${why}`];
  const which = `${rules.length === 1 ? 'rule' : 'rules'} ${quoted(rules)} matched`;
  const failed = failedRules ? failedLines(failedRules) : [];
  return [said, `${which}: ${changesInWords(add, remove) || 'no labels'}`, ...failed];
}

/** Each rule that failed, with why: `"germany": when: …`. */
function failedLines(failedRules: string): string[] {
  const rules = failedRules.replace(/^rule-failed: /, '').split(/; (?="[^"]*": )/);
  const head = `${many(rules.length, 'rule')} failed, and a dead letter keeps the delivery:`;
  return [head, ...rules.map((rule) => `  ${rule}`)];
}

function tryLines(step: TryStep): string[] {
  const which = step.receives === undefined ? 'a try' : `try ${step.receives}`;
  const name = step.replayed ? `replayed: ${which}` : which;
  const details = [step.detail, remembered(step), lateness(step)].filter(
    (line) => line !== undefined,
  );
  const review = step.review ? `review (${step.review}): ` : '';
  if (step.outcome === 'done') return [`${name}: ${review}${doneInWords(step)}`, ...details];
  const why = `${reasonInWords(step.reason)}${callInWords(step)}`;
  if (step.outcome === 'retry') {
    const next = step.nextTryAt ? `; next try at ${step.nextTryAt.slice(11, 19)}` : '';
    return [`${name}: ${why}${next}`, ...details];
  }
  const outcome = step.outcome === 'dead-letter' ? 'given up' : step.outcome;
  return [`${name}: ${outcome}: ${why}`, ...details];
}

/** What a try that is done did: `added Customer; standing +VIP (contact 1f3c…)`. */
function doneInWords(step: TryStep): string {
  const { inPlace, superseded, contactId, reason } = step;
  if (!contactId)
    return `nothing done: ${reason === 'no-such-contact' ? reasonInWords('contact-not-found') : reasonInWords(reason)}`;
  const isStanding = (name: string): boolean => step.standing.includes(name);
  const byRules = (names: readonly string[]) => names.filter((name) => !isStanding(name));
  const standing = [
    ...step.added.filter(isStanding).map((name) => `+${name}`),
    ...step.removed.filter(isStanding).map((name) => `-${name}`),
  ];
  const [added, removed] = [byRules(step.added), byRules(step.removed)];
  const parts = [
    added.length > 0 && `added ${added.join(', ')}`,
    removed.length > 0 && `removed ${removed.join(', ')}`,
    standing.length > 0 && `standing ${standing.join(', ')}`,
    inPlace.length > 0 && `already as asked: ${inPlace.join(', ')}`,
    superseded.length > 0 && `left alone, for a later event changed them: ${superseded.join(', ')}`,
  ].filter(Boolean);
  return `${parts.join('; ') || 'nothing to change'} (contact ${contactId})`;
}

/** What became of the facts that a try had. One that failed writes them anew at the next. */
function remembered({ facts, contactId, outcome }: TryStep): string | undefined {
  if (!facts || outcome !== 'done') return undefined;
  const what = many(facts, 'fact');
  return contactId ? `${what} added to the history` : `${what} kept until there is such a contact`;
}

function callInWords(step: TryStep): string {
  const { operation, answer, httpStatus, networkCode, wixCode, wixRequestId } = step;
  if (!operation) return '';
  const said = [httpStatus, wixCode, networkCode].filter(Boolean).join(' ') || answer;
  const asked = wixRequestId ? `, Wix request ${wixRequestId}` : '';
  return ` (${operation}: ${said ?? 'no answer'}${asked})`;
}

const lateness = ({ lateSeconds }: TryStep): string | undefined =>
  lateSeconds === undefined
    ? undefined
    : `late: it came to the queue ${lateSeconds} s after it happened, so a newer event may have been before it`;

function noteLine({ message, fields }: NoteStep): string {
  const rest = Object.entries(fields).map(([name, value]) => `${name} ${valueInWords(value)}`);
  return [noteInWords(message), ...rest].join(', ');
}

const valueInWords = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

function endOf(story: Story, options: StoryOptions): string {
  const { terminal } = options;
  const last = story.steps.findLast((step) => step.kind === 'try');
  switch (story.state) {
    case 'done':
      return paint(terminal, 'green', done(last));
    case 'waiting':
      return paint(terminal, 'yellow', waiting(last, options));
    case 'dead-letter':
    case 'partly-dead-letter':
      return paint(terminal, 'red', dead(story, last)) + deadHint(story, options);
    case 'queued':
      return `${paint(terminal, 'yellow', 'In the queue.')} No try is in the log: its turn has not come, or the site is paused (./earmark doctor${options.targetOptions}).`;
    case 'duplicate':
      return 'It was queued before the time that was searched: a longer --since shows what became of it.';
    case 'ignored':
      return `Ignored. Why each rule said no, with the payload in a file: ./earmark rules test FILE ${rulesTestOptions(story)}`;
    case 'refused':
      return paint(terminal, 'red', 'Refused: nothing was queued.');
    default:
      return 'Nothing was queued.';
  }
}

function done(last: TryStep | undefined): string {
  if (last?.contactId) return 'Done.';
  return last?.facts
    ? 'Done: what they did is kept until they are a contact.'
    : 'Done: the rules let those be who are no contact.';
}

/** Names the topic only where it stands in a header, which the payload alone does not have. */
function rulesTestOptions({ source = 'SOURCE', topic }: Story): string {
  const inHeader = sourceNamed(source)?.topicHeader !== undefined;
  return `--source ${source}${inHeader && topic ? ` --topic ${quotedId(topic)}` : ''}`;
}

/** A job that is tried later than announced waits behind others, or no worker runs. */
const LATE_MS = 120_000;

function waiting(last: TryStep | undefined, { now, targetOptions }: StoryOptions): string {
  const what = waitInWords(last?.reason);
  if (!last?.nextTryAt) return `${what}.`;
  return now - Date.parse(last.nextTryAt) > LATE_MS
    ? `${what}; a try was due at ${clock(last.nextTryAt)} and is not in the log: the site may be paused (./earmark doctor${targetOptions}).`
    : `${what}; next try about ${last.nextTryAt.slice(11, 19)}.`;
}

function dead(story: Story, last: TryStep | undefined): string {
  const reason =
    last?.reason ??
    story.steps.findLast(isGivenUp)?.reason ??
    (story.steps.some(isFailed) ? 'rule-failed' : undefined);
  const part = story.state === 'partly-dead-letter' ? 'Partly dead: ' : 'Dead: ';
  // What `receive` writes has the detail behind a colon; the step shows it.
  return `${part}${reasonInWords(reason?.split(':')[0])}.`;
}

const isGivenUp = (step: StoryStep): step is TryStep | DeliveryStep =>
  (step.kind === 'try' && step.outcome === 'dead-letter') ||
  (step.kind === 'delivery' && step.status === 'dead-letter');

/** Whether a rule failed, so that the delivery itself was kept. */
const isFailed = (step: StoryStep): boolean =>
  step.kind === 'delivery' && step.failedRules !== undefined;

function deadHint({ steps, jobId, eventId }: Story, { targetOptions }: StoryOptions): string {
  const isOfJob = steps.some((step) => step.kind === 'try' && isGivenUp(step));
  const id = isOfJob ? (jobId ?? eventId) : (eventId ?? jobId);
  return id ? ` See it: ./earmark dead-letters show ${quotedId(id)}${targetOptions}` : '';
}

/** As one word of a shell. */
export const quotedId = (id: string): string =>
  /^[\w.:/@+-]+$/.test(id) ? id : `'${id.replaceAll("'", String.raw`'\''`)}'`;

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');

function changesInWords(add: readonly string[], remove: readonly string[]): string {
  const parts = [
    add.length > 0 && `add ${add.join(', ')}`,
    remove.length > 0 && `remove ${remove.join(', ')}`,
  ];
  return parts.filter(Boolean).join('; ');
}
