import { unbroken } from '../../../lib/runtime/visible.ts';
import type { CommandContext } from '../../kit/command.ts';
import { targetOptions } from '../../kit/target.ts';
import { paint, writeJson } from '../../kit/terminal.ts';
import { quotedId, renderStory } from '../explain/report.ts';
import type { Story } from '../explain/story.ts';
import type { WebhookAnswer } from './post.ts';
import type { PreparedSample, SendOptions } from './send-plan.ts';

/** What was sent, what was answered, and what became of it. */
export function writeSent(
  context: CommandContext,
  prepared: PreparedSample,
  answer: WebhookAnswer,
  story: Story | undefined,
  options: SendOptions,
): void {
  const { terminal, now } = context;
  if (options.json) {
    writeJson(terminal, { ...facts(prepared), answer, story });
    return;
  }
  const telling = { terminal, now: now(), targetOptions: targetOptions(options) };
  const told = story ? `\n${renderStory(story, telling)}\n` : '';
  const follow = followHint(prepared, answer, story, options);
  // A story names its event itself.
  const event = story ? '' : `${readLine(prepared)}.\n`;
  terminal.out.write(
    `${sentLine(prepared)}\n${event}${answerLine(context, answer)}\n${told}${follow}`,
  );
}

/** What would be sent, and nothing else: with `--json` as `earmark rules test -` takes it. */
export function writeDryRun(
  context: CommandContext,
  prepared: PreparedSample,
  { json }: SendOptions,
): void {
  const { source, url, payload, delivery, secret } = prepared;
  const { out, err } = context.terminal;
  // A bearer token is the secret itself, and output ends up in files.
  const headers = Object.entries(delivery.headers).map(
    ([name, value]) => [name, value.replaceAll(secret, '…')] as const,
  );
  if (json) {
    const { body } = delivery;
    writeJson(context.terminal, { source, headers: Object.fromEntries(headers), body });
    return;
  }
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  out.write(`POST ${url}\n${lines.join('\n')}\n\n${JSON.stringify(payload, null, 2)}\n`);
  const form = source === 'wix' ? 'is a token that holds this entity' : 'is this, on one line';
  err.write(`\n${readLine(prepared)}. The body ${form}. Nothing was sent.\n`);
}

/** What `--json` tells of a delivery. */
function facts({ source, type, topic, url, target, buyer, reading }: PreparedSample) {
  const events = reading.kind === 'events' ? reading.events : [];
  return {
    source,
    type,
    topic,
    eventId: events[0]?.id,
    read: reading.kind === 'events' ? events.map((event) => event.type) : [],
    problem: reading.kind === 'events' ? undefined : `${reading.kind}: ${reading.reason}`,
    to: target?.name ?? url,
    url,
    email: buyer.email || undefined,
    contactId: buyer.contactId,
  };
}

function sentLine(prepared: PreparedSample): string {
  const { source, type, topic, buyer, target, url } = prepared;
  const who = buyer.email || `contact ${buyer.contactId}`;
  const form = topic === type ? '' : ` (${topic})`;
  return `Sent ${source} ${type}${form} about ${who} to ${target?.name ?? url}.`;
}

function readLine({ reading }: PreparedSample): string {
  return reading.kind === 'events'
    ? `Event ${reading.events[0].id}`
    : `Earmark would not take it for an event (${reading.kind}: ${reading.reason})`;
}

function answerLine(
  { terminal }: CommandContext,
  { httpStatus, status, reason, body }: WebhookAnswer,
): string {
  const said = status ? `${status}${reason ? `: ${reason}` : ''}` : unbroken(body.slice(0, 200));
  const line = `Answered ${httpStatus}${said ? ` ${said}` : ''}`;
  const isWell = httpStatus >= 200 && httpStatus < 300 && status !== 'dead-letter';
  return isWell ? line : paint(terminal, 'red', line);
}

/** How to know more, where there is more to know. */
function followHint(
  prepared: PreparedSample,
  { status }: WebhookAnswer,
  story: Story | undefined,
  options: SendOptions,
): string {
  const { target, reading } = prepared;
  if (!target) return '';
  if (status === 'dead-letter')
    return `See it: npx earmark dead-letters list${targetOptions(options)}\n`;
  if (reading.kind !== 'events') return '';
  const isOver = story !== undefined && story.state !== 'waiting' && story.state !== 'queued';
  if (status === 'queued' && !isOver) {
    const id = quotedId(reading.events[0].id);
    return `Follow it: npx earmark explain ${id}${targetOptions(options)}\n`;
  }
  return status === 'ignored'
    ? `Why each rule said no: npx earmark send ${asTyped(prepared, options)} --dry-run --json | npx earmark rules test -\n`
    : '';
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
