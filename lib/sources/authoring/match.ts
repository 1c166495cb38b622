import { namesSomebody } from '../../events/contact.ts';
import { asVerified } from '../as-verified.ts';
import type { Description } from '../described/description.ts';
import { readDescribed } from '../described/reader.ts';
import type { Delivery } from '../source.ts';
import { traceDelivery } from './trace.ts';

/**
 * How well a delivery fits a source's file, from 0 (it is another sender's) to 9: a topic of the file counts 4, a
 * person 2, and 3 that all places of the file hold something.
 */
export function fitOf(description: Description, delivery: Delivery): number {
  const traced = traceDelivery(description, delivery);
  if (typeof traced === 'string' || traced.topic === undefined) return 0;
  const reading = readDescribed(description, asVerified({}, delivery));
  if (reading.kind === 'unreadable') return 0;
  const topic = traced.fields.find(({ field }) => field === 'event.topic');
  // A constant topic is that of every body.
  const isSaid = !topic?.found[0]?.startsWith('the constant ');
  const isKnown = Object.hasOwn(description.events, traced.topic);
  if (isSaid && !isKnown) return 0;
  const fields = traced.fields.filter(({ field }) => !/^event\.(?:topic|test)$/.test(field));
  const found = fields.filter((one) => one.found.length > 0).length;
  const isSomebody = reading.kind === 'events' && namesSomebody(reading.events[0].contact);
  return (
    (isSaid ? 4 : 0) + (isSomebody ? 2 : 0) + (fields.length > 0 ? (3 * found) / fields.length : 0)
  );
}
