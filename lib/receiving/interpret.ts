import { type Notice, noticeOf } from '../history/notices.ts';
import { errorFields, log } from '../runtime/log.ts';
import type { Reading, Source, Verified } from '../sources/source.ts';
import { addDeliveryContext, type ReadEvent } from './delivery-line.ts';
import { type MappedEvents, mapEvents, mapNotice, type SiteRules } from './to-job.ts';

/** What a verified delivery asks for. */
export type Interpretation =
  | Exclude<Reading, { kind: 'events' }>
  | { readonly kind: 'mapped'; readonly event: ReadEvent; readonly mapping: MappedEvents };

/** Thrown between two steps of a delivery when its time is up. */
class TookTooLong extends Error {}

const TOO_LONG = 'took too long: it was not read and matched with all rules within 3 s';
const FAULT =
  'Earmark failed at it. This is a fault of Earmark: please report the error line of its log';

/**
 * Reads a verified delivery and matches the rules. It never throws: a fault of this code would meet the same
 * delivery each time it comes again. AWS is not called here, so anything thrown is such a fault.
 * @param isLate whether it is time to give up; called between reading and the rules, and before each of them
 */
export function interpret(
  source: Source,
  delivery: Verified,
  options: SiteRules,
  isLate: () => boolean,
): Interpretation {
  const beforeEach = (): void => {
    if (isLate()) throw new TookTooLong();
  };
  try {
    if (process.env.STANDING_LABELS !== 'off' && options.rules.keepsHistory) {
      const notice = noticeOf(source.name, delivery);
      if (notice) return noticed(notice, delivery, options);
    }
    const reading = source.read(delivery);
    return reading.kind === 'events' ? mapped(reading, delivery, options, beforeEach) : reading;
  } catch (error) {
    if (error instanceof TookTooLong) return { kind: 'unreadable', reason: TOO_LONG };
    log.error('interpretation-failed', { ...errorFields(error) });
    return { kind: 'unreadable', reason: FAULT };
  }
}

/** Characters: enough for any order number. */
const LONGEST_ORDER = 64;

function noticed(notice: Notice, delivery: Verified, options: SiteRules): Interpretation {
  const { id, topic } = notice.event;
  const mapping = mapNotice(notice, options, delivery);
  const { site, group } = mapping;
  const jobId = mapping.kind === 'job' ? mapping.job.id : undefined;
  addDeliveryContext({ eventId: id, topic, site, group, jobId });
  return { kind: 'mapped', event: { id, topic, types: ['custom'] }, mapping };
}

function mapped(
  reading: Extract<Reading, { kind: 'events' }>,
  delivery: Verified,
  options: SiteRules,
  beforeEach: () => void,
): Interpretation {
  const { events, unheard } = reading;
  const [{ id, topic, order }] = events;
  const number = (order?.number ?? order?.id)?.slice(0, LONGEST_ORDER);
  addDeliveryContext({ eventId: id, topic, order: number });
  const mapping = mapEvents(reading, options, delivery, beforeEach);
  const { site, group } = mapping;
  addDeliveryContext({ site, group, jobId: mapping.kind === 'job' ? mapping.job.id : undefined });
  if (process.env.STANDING_LABELS !== 'off' && mapping.kind === 'job' && mapping.unheard) {
    // A misspelt name of an event is no part of a history.
    if (unheard?.kind === 'unreadable') return { topic, ...unheard };
  }
  if (mapping.kind === 'ignored' && mapping.unheard && unheard) return { topic, ...unheard };
  return { kind: 'mapped', event: { id, topic, types: events.map(({ type }) => type) }, mapping };
}
