import type { Flow, FlowState, Sent } from './api.ts';

/** What the page calls a state, and how much it is a matter of concern. */
export const STATES: Readonly<
  Record<
    FlowState,
    { readonly word: string; readonly tone: 'busy' | 'wait' | 'good' | 'calm' | 'bad' }
  >
> = {
  received: { word: 'Received', tone: 'busy' },
  queued: { word: 'Queued', tone: 'busy' },
  waiting: { word: 'Waits', tone: 'wait' },
  labelled: { word: 'Labelled', tone: 'good' },
  unchanged: { word: 'No change', tone: 'calm' },
  remembered: { word: 'Remembered', tone: 'calm' },
  ignored: { word: 'Ignored', tone: 'calm' },
  refused: { word: 'Refused', tone: 'bad' },
  'dead-letter': { word: 'Dead letter', tone: 'bad' },
};

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A span in its two largest units: `2 d 3 h`, `4 min 5 s`, `12 s`. Negative is `0 s`. */
export function span(ms: number): string {
  const units = [
    ['d', DAY],
    ['h', HOUR],
    ['min', MINUTE],
    ['s', SECOND],
  ] as const;
  let rest = Math.max(0, Math.round(ms / SECOND) * SECOND);
  const parts: string[] = [];
  for (const [name, size] of units) {
    const count = Math.floor(rest / size);
    if (count > 0) parts.push(`${count} ${name}`);
    rest -= count * size;
    if (parts.length === 2 || (parts.length === 1 && count === 0)) break;
  }
  return parts.join(' ') || '0 s';
}

/** `in 12 s`; `now` where it is due. */
export const countdown = (at: number, now: number): string =>
  at - now < SECOND ? 'now' : `in ${span(at - now)}`;

const two = (value: number): string => String(value).padStart(2, '0');

/** `14:03:09`, in the browser's time zone. */
export function clockTime(at: number): string {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
}

/** `2026-11-28`, in the browser's time zone. */
export function day(at: number): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

export const dayAndTime = (at: number): string => `${day(at)} ${clockTime(at)}`;

/** The time alone where it is of today, as `now` is, else month and day, which no line ends in, and the time. */
export const shortTime = (at: number, now: number): string =>
  day(at) === day(now)
    ? clockTime(at)
    : `${day(at).slice(5).replace('-', '\u2011')} ${clockTime(at).slice(0, 5)}`;

/** `1 call`, `2 calls`. */
export const many = (count: number, one: string, more = `${one}s`): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? one : more}`;

/** What became of a delivery, as a sentence for a screen reader. */
export function flowInWords(flow: Flow): string {
  const { type, source, person, state, add, remove, reason } = flow;
  const what = `${type || 'delivery'} of ${source}${person ? ` for ${person}` : ''}`;
  const labels = [...add.map((name) => `plus ${name}`), ...remove.map((name) => `minus ${name}`)];
  const done = state === 'labelled' && labels.length > 0 ? ` ${labels.join(', ')}` : '';
  const why = reason && state !== 'labelled' ? `. ${reason}` : '';
  return `${what}: ${STATES[state].word.toLowerCase()}${done}${why}`;
}

/** JSON laid out to read; what is no JSON stays as it is. */
export function laidOut(text: string): string {
  const value = parsed(text);
  return value === undefined ? text : JSON.stringify(value, null, 2);
}

const ANSWERS: Readonly<Record<string, string>> = {
  queued: 'Taken: a job is in the queue.',
  duplicate: 'A duplicate: it came before, within five minutes, and is done once.',
  ignored: 'Ignored',
  ping: 'A handshake of the sender.',
  'dead-letter': 'A rule failed, and a dead letter keeps the delivery.',
};

/** What the engine answered to a delivery. */
export function answerInWords({ status, body }: Pick<Sent, 'status' | 'body'>): string {
  const said = parsed(body) as { status?: string; reason?: string; message?: string } | undefined;
  const words = ANSWERS[said?.status ?? ''] ?? `Answered ${status}`;
  const reason = said?.reason ?? said?.message;
  return reason === undefined ? words : `${words.replace(/\.$/, '')}: ${reason}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
