import type * as z from 'zod';
import type { Explanation } from '../../yaml/explain-schema.ts';
import { PROOFS } from './proofs.ts';
import * as schema from './schema.ts';

const TEXT_FORMS = 'constant find when same take join with of table'.split(' ');
const AMOUNT_FORMS = ['constant', 'minor', 'hundredths', 'sum', 'of'];
const LIST_FORMS = ['each', 'take', 'name', 'value'];
const FORMS: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(
    ['total', 'price', 'quantity', 'refundedTotal'].map((key) => [key, AMOUNT_FORMS]),
  ),
  ...Object.fromEntries(
    ['tags', 'discountCodes', 'attributes', 'options', 'fields'].map((key) => [key, LIST_FORMS]),
  ),
  interval: [...TEXT_FORMS, 'unit', 'count'],
};

const SECTIONS: Readonly<Record<string, z.ZodObject>> = {
  event: schema.Around,
  contact: schema.Contact,
  order: schema.Order,
  items: schema.Items,
  refundedItems: schema.Items,
  subscription: schema.Subscription,
  form: schema.Form,
  samples: schema.Sample,
  expect: schema.SampleEvent,
};

const PROOF_KEYS = [...new Set(PROOFS.flatMap((proof) => Object.keys(proof.shape)))];

/** The keys that the mapping at a path of a source's file may have. */
export function knownKeys(path: Explanation['path']): readonly string[] {
  const names = path.filter((part) => typeof part === 'string');
  const last = names.at(-1);
  if (last === undefined) return Object.keys(schema.SourceFile.shape);
  if (names[0] === 'events' && names.length === 2) return Object.keys(schema.Event.shape);
  if (names[0] === 'signed') return PROOF_KEYS;
  const section = SECTIONS[last];
  return section === undefined ? (FORMS[last] ?? TEXT_FORMS) : Object.keys(section.shape);
}
