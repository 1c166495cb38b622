import { namesSomebody } from '../../../lib/events/contact.ts';
import type { CustomerEvent } from '../../../lib/events/event.ts';
import { asVerified } from '../../../lib/sources/as-verified.ts';
import { loadedSource } from '../../../lib/sources/authoring/files.ts';
import { type FieldTrace, traceDelivery } from '../../../lib/sources/authoring/trace.ts';
import { knownSource } from '../../../lib/sources/index.ts';
import type { Delivery, Reading } from '../../../lib/sources/source.ts';
import { type CommandContext, endWith } from '../../kit/command.ts';
import { CliFailure, EXIT, wrongUsage } from '../../kit/failure.ts';
import { sourceFrom } from '../../kit/sources.ts';
import { writeJson } from '../../kit/terminal.ts';
import { PayloadProblem } from '../rules/payload.ts';
import { readPayloadFiles } from '../rules/payload-files.ts';
import { type Captured, captured, topicHeaderOf } from './captured.ts';
import { bestFits } from './fit.ts';
import { renderTry, type Tried } from './render-try.ts';

export interface TryOptions {
  readonly as?: string;
  readonly topic?: string;
  readonly header?: Readonly<Record<string, string>>;
  readonly json?: true;
}

/** `earmark sources try`. */
export async function tryBody(
  file: string,
  { as, json, topic, header: headers }: TryOptions,
  { terminal, folder, now }: CommandContext,
): Promise<void> {
  if (as !== undefined) checkName(as, topic);
  const [read] = await readPayloadFiles([file], folder, terminal.signal);
  const body = capture(read?.bytes ?? Buffer.of(), { topic, headers, now: now() });
  const fits = as === undefined ? bestFits(body).map(({ name }) => name) : [as];
  const [source, ...others] = fits;
  if (source === undefined) throw new CliFailure(NO_FIT);
  const tried = tryAs(source, others, body.for(source));
  if (json) writeJson(terminal, asJson(tried));
  else terminal.out.write(renderTry(terminal, tried, as !== undefined));
  if (isBad(tried.reading)) endWith(EXIT.found);
}

const NO_FIT = `No source knows this body. Name one with --as, or describe its sender: \`./earmark sources new\`
drafts a file of it.`;

function checkName(name: string, topic: string | undefined): void {
  sourceFrom(name);
  if (topic !== undefined && topicHeaderOf(name) === undefined) {
    throw wrongUsage(`${name} says its topic in the body: leave --topic out.`);
  }
}

function capture(...args: Parameters<typeof captured>): Captured {
  try {
    return captured(...args);
  } catch (error) {
    throw error instanceof PayloadProblem ? wrongUsage(error.message) : error;
  }
}

function tryAs(name: string, others: readonly string[], delivery: Delivery): Tried {
  const source = knownSource(name);
  const reading = source.read(asVerified(source, delivery));
  const event = reading.kind === 'events' ? reading.events[0] : undefined;
  const description = loadedSource(name)?.description;
  const traced = description && traceDelivery(description, delivery);
  const isTraced = typeof traced === 'object';
  const ofEvent = event ? fieldsOf(event) : [];
  const fields = isTraced ? [...traced.fields, ...amongAnswers(traced.fields, ofEvent)] : ofEvent;
  const topic = (isTraced ? traced.topic : undefined) ?? event?.topic;
  return { source: name, others, topic, reading, fields, unknown: event ? unknownIn(event) : [] };
}

/** The person's fields that the reader found among the answers of a form. */
const amongAnswers = (traced: readonly FieldTrace[], ofEvent: Tried['fields']): Tried['fields'] =>
  ofEvent
    .filter(({ field }) => /^contact\.(?:email|phone|firstName|lastName)$/.test(field))
    .filter(({ field, value }) => !traced.some((one) => one.field === field && one.value === value))
    .filter(
      ({ field }) =>
        !/Name$/.test(field) || !traced.some((one) => one.field === 'contact.name' && one.value),
    )
    .map((one) => ({ ...one, found: ['the answers of the form'] }));

/** What is in the event, as fields without places. */
function fieldsOf({ contact, order, subscription, form, tags }: CustomerEvent): Tried['fields'] {
  const flat = (value: unknown, field: string): [string, string][] => {
    if (typeof value !== 'object' || value === null)
      return value === undefined ? [] : [[field, String(value)]];
    return Object.entries(value).flatMap(([key, one]) => flat(one, `${field}.${key}`));
  };
  return Object.entries({ contact, order, subscription, form, tags })
    .flatMap(([name, value]) => flat(value, name))
    .map(([field, value]) => ({ field, value, found: [], inVain: [] }));
}

const KNOWABLE = {
  contact: ['email', 'phone', 'firstName', 'country', 'language', 'acceptsMarketing'],
  order: 'number total currency items discountCodes shippingCountry paymentMethod'.split(' '),
  subscription: ['planName', 'status', 'interval', 'price'],
  form: ['name'],
} as const;

const unknownIn = (event: CustomerEvent): readonly string[] =>
  Object.entries(KNOWABLE).flatMap(([section, fields]) => {
    const held = event[section as keyof typeof KNOWABLE] as
      | Readonly<Record<string, unknown>>
      | undefined;
    return held === undefined
      ? []
      : fields.filter((field) => isNothing(held[field])).map((field) => `${section}.${field}`);
  });

const isNothing = (value: unknown): boolean =>
  value === undefined || (Array.isArray(value) && value.length === 0);

/** Unreadable, or of nobody. */
const isBad = (reading: Reading): boolean =>
  reading.kind === 'unreadable' ||
  (reading.kind === 'events' && !reading.unheard && !namesSomebody(reading.events[0].contact));

function asJson({ reading, ...tried }: Tried): object {
  if (reading.kind !== 'events') return { ...tried, ...reading };
  const [{ data: _data, type: _type, ...event }] = reading.events;
  const types = reading.events.map(({ type }) => type);
  const { unheard, incomplete } = reading;
  return { ...tried, kind: 'events', types, unheard: unheard?.reason, incomplete, event };
}
