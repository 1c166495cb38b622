// A source's file from bodies that somebody captured: guesses by the words of keys and values.

import { verifiedSample } from '../../../../lib/sources/authoring/check-samples.ts';
import { SourceFile } from '../../../../lib/sources/authoring/schema.ts';
import type { Description } from '../../../../lib/sources/described/description.ts';
import { readDescribed, scopeOf } from '../../../../lib/sources/described/reader.ts';
import { isObject } from '../../../../lib/sources/payload/access.ts';
import type { Delivery, Reading } from '../../../../lib/sources/source.ts';
import { type Part, partOf } from './part.ts';
import { signedBy } from './signed.ts';

export interface DraftOptions {
  readonly name: string;
  readonly docs: string;
  /** As in 2026-11-28. */
  readonly today: string;
}

export interface Draft {
  readonly file: Readonly<Record<string, unknown>>;
  /** What was not found, and what is a guess, in sentences. */
  readonly remarks: readonly string[];
}

/** @returns a reason, where one of the bodies cannot be read */
export function draftOf(deliveries: readonly Delivery[], options: DraftOptions): Draft | string {
  const parts: Part[] = [];
  for (const delivery of deliveries) {
    const scope = scopeOf(delivery);
    if (typeof scope === 'string') return scope;
    parts.push(partOf(scope.body, delivery));
  }
  const [first] = parts;
  if (first === undefined) return 'there is no body';
  const { name, docs, today } = options;
  const headers = Object.assign({}, ...deliveries.map((one) => one.headers));
  const meanings = new Map<string, unknown>();
  for (const { topic, meaning } of parts) if (!meanings.has(topic)) meanings.set(topic, meaning);
  const file = {
    title: name.replaceAll('-', ' ').replace(/^./, (letter) => letter.toUpperCase()),
    ...{ docs, checked: today },
    unconfirmed: [
      `All of it: this was drafted from ${deliveries.length === 1 ? 'one body' : `${deliveries.length} bodies`}, and not from documentation.`,
    ],
    setup: [
      `Enter https://…/webhooks/${name}${isPath(headers) ? '/SECRET' : ''} in the sender's pages.`,
    ],
    secret: isPath(headers)
      ? 'A long text of your own, which ends the address.'
      : 'The secret that the sender signs with, from its own pages.',
    signed: signedBy(headers),
    event: first.around,
    contact: mergedContact(parts),
    events: Object.fromEntries(meanings),
  };
  const samples = parts.map(({ sample }) => ({ ...sample, expect: expectOf(name, file, sample) }));
  return {
    file: { ...file, samples },
    remarks: [...new Set(parts.flatMap(({ remarks }) => remarks))],
  };
}

const isPath = (headers: Delivery['headers']): boolean => signedBy(headers).scheme === 'path';

function mergedContact(parts: readonly Part[]): Record<string, unknown> {
  const fields = [...new Set(parts.flatMap(({ contact }) => Object.keys(contact)))];
  return Object.fromEntries(
    fields.map((field) => {
      const places = [...new Set(parts.flatMap(({ contact }) => contact[field] ?? []))];
      return [field, places.length === 1 ? places[0] : places];
    }),
  );
}

/** What the reader finds in the sample, as far as rules use it. */
function expectOf(name: string, file: object, sample: object): Record<string, unknown> {
  const checked = SourceFile.parse({ ...file, samples: [{ ...sample, expect: { is: 'custom' } }] });
  const description: Description = { name, ...checked };
  const [only] = checked.samples;
  if (only === undefined) return { is: 'ignored' };
  return expected(readDescribed(description, verifiedSample(only)));
}

function expected(reading: Reading): Record<string, unknown> {
  if (reading.kind !== 'events') return { is: 'ignored' };
  const [{ contact, order, subscription, form }] = reading.events;
  const parts = { contact, order: order && withoutEmpty(order), subscription, form };
  const held = Object.entries(parts).filter(
    ([, one]) => isObject(one) && Object.keys(one).length > 0,
  );
  const types = reading.events.map(({ type }) => type);
  return { is: types.length === 1 ? types[0] : types, ...Object.fromEntries(held) };
}

const withoutEmpty = (order: object): object =>
  Object.fromEntries(
    Object.entries(order).filter(([, value]) => !(Array.isArray(value) && value.length === 0)),
  );
