import { hash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  type CustomerEvent,
  EVENT_TYPES,
  type EventType,
  type SourceName,
} from '../../lib/events/event.ts';
import { samplePost, verifiedSample } from '../../lib/sources/authoring/check-samples.ts';
import { loadedSource, sourceFiles } from '../../lib/sources/authoring/files.ts';
import type { Text } from '../../lib/sources/authoring/forms.ts';
import type { LoadedSource } from '../../lib/sources/authoring/load.ts';
import type { Proof } from '../../lib/sources/authoring/proofs.ts';
import type { SourceFile } from '../../lib/sources/authoring/schema.ts';
import type { Description } from '../../lib/sources/described/description.ts';
import { readDescribed, scopeOf } from '../../lib/sources/described/reader.ts';
import { type Scope, textIn } from '../../lib/sources/described/values.ts';
import { fromJson } from '../../lib/sources/flat/flat-keys.ts';
import { isObject } from '../../lib/sources/payload/access.ts';
import type { Draft, Facts, Payload, SampleDelivery } from '../sampler.ts';
import { signDescribed, type Unproved } from '../sign-described.ts';
import { formsOf } from './forms.ts';
import { contactSwaps, idSwaps, swapIn, swapOf } from './swaps.ts';
import { timeLike } from './time-like.ts';
import { withTotal } from './total.ts';

type FileSample = SourceFile['samples'][number];

/** A sample of a source's file, as Earmark reads it. */
interface ReadSample {
  readonly scope: Scope;
  readonly event: CustomerEvent;
}

/** @throws RangeError where there is no such file, FileError where it is broken */
function fileOf(source: SourceName): LoadedSource {
  const loaded = loadedSource(source);
  if (loaded) return loaded;
  throw new RangeError(`There is no source ${source}.`);
}

const typesOf = ({ expect }: FileSample): readonly string[] => [expect.is].flat();

/** The sample of that type; of several the first that names somebody. */
function sampleOf({ file }: LoadedSource, type: EventType): FileSample | undefined {
  const ofType = file.samples.filter((sample) => typesOf(sample).includes(type));
  return ofType.find(({ expect }) => expect.incomplete !== true) ?? ofType[0];
}

/** The events that the samples of a source's file say, in the order of the vocabulary. */
export function describedEvents(source: SourceName): readonly EventType[] {
  const types = new Set(fileOf(source).file.samples.flatMap(typesOf));
  return EVENT_TYPES.filter((type) => types.has(type));
}

/** Whether the sample of that event has the id of a Wix contact, and whether it names the person by that alone. */
export function describedContactId(
  source: SourceName,
  type: EventType,
): { readonly has: boolean; readonly needs: boolean } {
  const loaded = fileOf(source);
  const sample = sampleOf(loaded, type);
  const contact = sample && readSample(loaded, sample).event.contact;
  const has = contact?.contactId !== undefined;
  return { has, needs: has && contact.email === undefined && contact.phone === undefined };
}

/** Whether a proof of the source can be made here: PayPal signs with a key of its own. */
export const describedSigns = (source: SourceName): boolean =>
  [fileOf(source).description.signed].flat().some(({ scheme }) => scheme !== 'paypal');

/**
 * A secret made of a text. Hex digits are sound as a text, as base64 and as hex; Basic wants a user before them. To
 * read all files for that would take a second of each start of the engine.
 */
export function describedSecret(source: SourceName, text: string): string {
  const digits = hash('sha256', text, 'hex');
  const path = sourceFiles().get(source)?.path;
  const isBasic = path !== undefined && /\bscheme: *basic\b/.test(readFileSync(path, 'utf8'));
  return isBasic ? `earmark:${digits}` : digits;
}

/** What a described sample is made of. */
export interface DescribedFacts extends Pick<Facts, 'buyer' | 'seconds'> {
  /** Epoch milliseconds. */
  readonly now: number;
  /** What was paid in all; the sample's own where it is not given. */
  readonly total?: number | undefined;
  /** Where it is to be posted, without a secret. */
  readonly url: string;
}

/**
 * A sample of the source's file with the buyer's e-mail, names and phone, fresh ids and the time of now. All else
 * stays as it is in the file.
 * @throws RangeError for an event of which the file has no sample, for a total that cannot be set
 */
export function draftDescribed(source: SourceName, type: EventType, facts: DescribedFacts) {
  const loaded = fileOf(source);
  const sample = sampleOf(loaded, type);
  if (!sample) throw new RangeError(`${source} sends no ${type}`);
  const read = readSample(loaded, sample);
  const { event } = loaded.description;
  const time = textIn(read.scope, event.time);
  const now = time && timeLike(time, facts.now);
  const swaps = [
    ...contactSwaps(read.event.contact, facts.buyer),
    // Before the ids, of which it may be a part.
    ...(time && now ? [swapOf(time, now)] : []),
    ...idSwaps(idsIn(read, loaded.description)),
  ];
  const headers = { ...ownHeaders(loaded.description.signed), ...sample.headers };
  // Earmark knows such a delivery by its body alone, and would take a second sample for the first.
  const isAlike = textIn(read.scope, event.id) === undefined && !hasJsonField(sample);
  const own = { ...payloadOf(sample), ...(isAlike && { sample: randomUUID() }) };
  const swapped = swapIn(own, swaps) as Payload;
  const { total } = facts;
  const { topic } = sample;
  const priced = { scope: read.scope, topic, order: read.event.order };
  const payload =
    total === undefined ? swapped : withTotal(swapped, total, loaded.description, priced);
  const sent = swapIn(headers, swaps) as Record<string, string>;
  const sign = (written: Draft, secret: string): SampleDelivery =>
    signedPost(loaded.description.signed, { ...sample, headers: sent }, written, secret, facts);
  return { draft: { topic, payload }, sign };
}

/** Any request of the source, signed. */
export function signDescribedAny(
  source: SourceName,
  secret: string,
  { url, body, ...request }: Omit<Unproved, 'body'> & { readonly body: string },
): SampleDelivery {
  const { signed } = fileOf(source).description;
  return proved(signed, secret, { ...request, url, body: Buffer.from(body) });
}

/** Standard Webhooks has the id of a delivery in a header, and signs it. */
const ownHeaders = (signed: Proof | readonly Proof[]): Record<string, string> =>
  [signed].flat().some(({ scheme }) => scheme === 'standard-webhooks')
    ? { 'webhook-id': `msg_${randomUUID()}` }
    : {};

function signedPost(
  signed: Proof | readonly Proof[],
  sample: FileSample,
  { payload }: Draft,
  secret: string,
  { url, seconds }: DescribedFacts,
): SampleDelivery {
  const content = hasJsonField(sample) ? mapValues(payload, (one) => JSON.stringify(one)) : payload;
  const { headers, body } = samplePost({
    ...sample,
    ...(sample.form ? { form: content } : { body: content }),
  });
  return proved(signed, secret, { method: 'POST', url, headers, body: Buffer.from(body), seconds });
}

function proved(
  signed: Proof | readonly Proof[],
  secret: string,
  { url, ...request }: Unproved,
): SampleDelivery {
  // Earmark is behind HTTPS, and on the engine takes itself to be.
  const https = url.replace(/^http:/, 'https:');
  const { body, ...others } = signDescribed(signed, secret, { ...request, url: https });
  return { ...others, body: body.toString() };
}

/** Whether it is a form of one field, which is JSON: its paths lead on into that. */
const hasJsonField = ({ form = {} }: FileSample): boolean => {
  const [only, ...others] = Object.values(form);
  return others.length === 0 && isObject(fromJson(only));
};

const payloadOf = (sample: FileSample): Payload =>
  hasJsonField(sample)
    ? mapValues(sample.form ?? {}, fromJson)
    : (sample.body ?? sample.form ?? {});

const mapValues = (object: Payload, change: (value: unknown) => unknown): Payload =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));

/** @throws RangeError for a sample that is no event */
function readSample({ description }: LoadedSource, sample: FileSample): ReadSample {
  const delivery = verifiedSample(sample);
  const [scope, reading] = [scopeOf(delivery), readDescribed(description, delivery)];
  if (typeof scope === 'string' || reading.kind !== 'events') {
    throw new RangeError(
      `The sample of ${sample.topic} in ${description.title}'s file is no event.`,
    );
  }
  return { scope, event: reading.events[0] };
}

/** What the ids are made of by which Earmark knows the delivery, the order and the subscription again. */
function idsIn({ scope, event }: ReadSample, description: Description): readonly string[] {
  const { topic = '' } = event;
  const ids = (['order', 'subscription'] as const).flatMap((section) =>
    formsOf(description, topic, section)
      .map(({ id }) => id)
      .filter((id) => textIn(scope, id) === event[section]?.id),
  );
  return [description.event.id, ...ids].flatMap((form) => partsIn(scope, form));
}

/** Of an id that is joined of several what has a digit: the rest is words, which say what it is the id of. */
function partsIn(scope: Scope, form: Text | undefined): readonly string[] {
  if (form === undefined) return [];
  const first = [form].flat().find((one) => textIn(scope, one) !== undefined);
  if (first === undefined) return [];
  const parts = typeof first === 'object' && 'join' in first ? first.join : [first];
  const texts = parts.map((one) => textIn(scope, one)).filter((one) => one !== undefined);
  return texts.length > 1 ? texts.filter((one) => /\d/.test(one)) : texts;
}
