import { namesSomebody } from '../events/contact.ts';
import type { CustomerEvent } from '../events/event.ts';
import { groupTag } from '../queue/identity.ts';
import { addLogFields, errorFields, log } from '../runtime/log.ts';
import type { Delivery, Reading, Source } from '../sources/source.ts';
import { type Mapping, type MappingOptions, mapEvents } from './mapping.ts';

/** What a verified delivery asks for. */
export type Interpretation =
  | Exclude<Reading, { kind: 'events' }>
  | {
      readonly kind: 'mapped';
      /** What the delivery is about, for its receipt. */
      readonly about: Pick<CustomerEvent, 'id' | 'topic'> & { readonly types: readonly string[] };
      readonly mapping: Mapping;
    };

/** Thrown between two steps of a delivery that has no time for the next. */
class TookTooLong extends Error {}

const TOO_LONG = 'took too long: it was not read and matched with all rules within 3 s';
const FAULT =
  'Earmark failed at it. This is a fault of Earmark: please report the error line of its log';

/**
 * Reads a verified delivery and matches the rules. It never throws: where this code has a fault, the same
 * delivery would meet it each time it comes again. Nothing of AWS is asked here, so whatever is thrown is such
 * a fault.
 * @param isLate whether it is time to give up; asked between reading and the rules, and before each of them
 */
export function interpret(
  source: Source,
  delivery: Delivery,
  options: MappingOptions,
  bodyProof: Uint8Array | undefined,
  isLate: () => boolean,
): Interpretation {
  const beforeEach = (): void => {
    if (isLate()) throw new TookTooLong();
  };
  try {
    const reading = source.read(delivery);
    return reading.kind === 'events'
      ? mapped(reading, delivery, options, bodyProof, beforeEach)
      : reading;
  } catch (error) {
    if (error instanceof TookTooLong) return { kind: 'unreadable', reason: TOO_LONG };
    log.error('interpretation-failed', errorFields(error));
    return { kind: 'unreadable', reason: FAULT };
  }
}

function mapped(
  { events, unheard }: Extract<Reading, { kind: 'events' }>,
  { receivedAt }: Delivery,
  options: MappingOptions,
  bodyProof: Uint8Array | undefined,
  beforeEach: () => void,
): Interpretation {
  const [{ id, topic, contact }] = events;
  addLogFields({ eventId: id, topic });
  const mapping = mapEvents(events, options, bodyProof, receivedAt, beforeEach);
  const { site, job, flaw } = mapping;
  // The group also where no rule matched: that is most often why somebody has no label.
  const group = site && namesSomebody(contact) ? groupTag({ site, contact }) : undefined;
  addLogFields({ site, group, ...(!flaw && { jobId: job?.id }) });
  if (mapping.unheard && unheard) return { topic, ...unheard };
  return { kind: 'mapped', about: { id, topic, types: events.map(({ type }) => type) }, mapping };
}
