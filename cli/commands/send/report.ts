import { namesSomebody } from '../../../lib/events/contact.ts';
import { unbroken } from '../../../lib/runtime/visible.ts';
import { addressOf } from '../../../samples/samples.ts';
import type { CommandContext } from '../../kit/command.ts';
import { targetOptions } from '../../kit/target.ts';
import { paint } from '../../kit/terminal.ts';
import { quotedId, renderStory } from '../explain/report.ts';
import type { Story } from '../explain/story.ts';
import type { WebhookAnswer } from './post.ts';
import type { PreparedSample, SendOptions } from './send-plan.ts';

/** What was sent, what was answered, what became of it, and how to know more. */
export function renderSent(
  prepared: PreparedSample,
  answer: WebhookAnswer,
  story: Story | undefined,
  options: SendOptions,
  { terminal, now }: CommandContext,
): string {
  const { source, type, topic, buyer, target, url } = prepared;
  const { reading } = prepared;
  const isOfNobody = reading.kind === 'events' && !namesSomebody(reading.events[0].contact);
  const who = buyer.email || `contact ${buyer.contactId}`;
  const form = topic === type ? '' : ` (${topic})`;
  const how = { terminal, now: now(), targetOptions: targetOptions(options) };
  const answered = renderAnswer(answer);
  const isWell = answer.httpStatus >= 200 && answer.httpStatus < 300;
  const lines = [
    `Sent ${source} ${type}${form} ${isOfNobody ? '' : `about ${who} `}to ${target?.name ?? url}.`,
    ...(isOfNobody ? [`This event of ${source} names nobody.`] : []),
    // A story names its event itself.
    ...(story ? [] : [`${renderReading(prepared)}.`]),
    isWell && answer.status !== 'dead-letter' ? answered : paint(terminal, 'red', answered),
    ...(story ? ['', renderStory(story, how)] : []),
    ...renderHint(prepared, answer, story, options),
  ];
  return `${lines.join('\n')}\n`;
}

/** What would be sent. */
export function renderDryRun(prepared: PreparedSample): string {
  const { url, delivery, payload } = prepared;
  const query = Object.keys(delivery.query ?? {}).map((name) => [name, MASK] as const);
  const address = addressOf(url, {
    ...(delivery.secret && { secret: MASK }),
    query: Object.fromEntries(query),
  });
  const { headers, body } = withoutSecret(prepared);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const written = isJson(prepared) ? JSON.stringify(payload, null, 2) : body;
  return `POST ${address}\n${lines.join('\n')}\n\n${written}\n`;
}

/** Whether the payload is what is posted, but for its line breaks: a form has a text of its own. */
export const isJson = ({ source, delivery }: PreparedSample): boolean =>
  source === 'wix' || /json/.test(delivery.headers['content-type'] ?? '');

const MASK = '***';

/** The headers and the body. A proof may be the secret itself, and output ends up in files. */
export function withoutSecret({ delivery, secret }: PreparedSample): {
  readonly headers: Record<string, string>;
  readonly body: string;
} {
  const spellings = [
    secret,
    new URLSearchParams({ '': secret }).toString().slice(1),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('base64'),
  ];
  const masked = (text: string): string =>
    spellings.reduce((found, spelling) => found.replaceAll(spelling, MASK), text);
  const headers = Object.entries(delivery.headers).map(([name, value]) => [name, masked(value)]);
  return { headers: Object.fromEntries(headers), body: masked(delivery.body) };
}

/** What `--json` says of a delivery. */
export function toJson({ source, type, topic, url, target, buyer, reading }: PreparedSample) {
  const events = reading.kind === 'events' ? reading.events : [];
  return {
    source,
    type,
    topic,
    eventId: events[0]?.id,
    read: events.map((event) => event.type),
    problem: reading.kind === 'events' ? undefined : `${reading.kind}: ${reading.reason}`,
    to: target?.name ?? url,
    url,
    email: buyer.email || undefined,
    contactId: buyer.contactId,
  };
}

/** What Earmark reads in the delivery. */
export const renderReading = ({ reading }: PreparedSample): string =>
  reading.kind === 'events'
    ? `Event ${reading.events[0].id}`
    : `Earmark would not take it for an event (${reading.kind}: ${reading.reason})`;

function renderAnswer({ httpStatus, status, reason, body }: WebhookAnswer): string {
  const why = reason ? `: ${reason}` : '';
  const text = status ? `${status}${why}` : unbroken(body.slice(0, 200));
  return `Answered ${httpStatus}${text ? ` ${text}` : ''}`;
}

/** How to know more, where there is more to know. */
function renderHint(
  prepared: PreparedSample,
  { status }: WebhookAnswer,
  story: Story | undefined,
  options: SendOptions,
): readonly string[] {
  const { target, reading } = prepared;
  const on = targetOptions(options);
  if (!target) return [];
  if (status === 'dead-letter') return [`See it: ./earmark dead-letters list${on}`];
  if (reading.kind !== 'events') return [];
  const isOver = story !== undefined && story.state !== 'waiting' && story.state !== 'queued';
  if (status === 'queued' && !isOver) {
    return [`Follow it: ./earmark explain ${quotedId(reading.events[0].id)}${on}`];
  }
  if (status !== 'ignored') return [];
  const again = `./earmark send ${asTyped(prepared, options)} --dry-run --json`;
  return [`Why each rule said no: ${again} | ./earmark rules test -`];
}

/** The command line so far, but for what only matters where it is sent. */
function asTyped(
  { source, type }: PreparedSample,
  { email, contactId, set = [] }: SendOptions,
): string {
  const options = [
    ...(email ? ['--email', email] : []),
    ...(contactId ? ['--contact-id', contactId] : []),
    ...set.flatMap((setting) => ['--set', setting]),
  ];
  return [source, type, ...options].map(quotedId).join(' ');
}
