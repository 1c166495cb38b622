import type { CustomerEvent, SourceName } from '../events/event.ts';
import { type DeathCertificate, deadDelivery } from '../queue/dead-letter.ts';
import { digest } from '../queue/identity.ts';
import type { LabelJob } from '../queue/job.ts';
import { MESSAGE_LIMIT_BYTES } from '../queue/message.ts';
import type { Queue } from '../queue/queue.ts';
import { type CompiledRules, type Match, matchRules } from '../rules/match.ts';
import { sources } from '../sources/index.ts';
import type { Delivery, Source } from '../sources/source.ts';
import { makeJob, namesSomebody } from './job.ts';

/** What became of a delivery. `id` is the event's, or that of the dead letter. */
export interface Receipt {
  readonly status:
    | 'queued'
    | 'duplicate'
    | 'ignored'
    | 'ping'
    | 'dead-letter'
    | 'refused'
    | 'unknown-source'
    | 'too-large';
  readonly id?: string;
  readonly reason?: string;
  readonly topic?: string;
  readonly types?: readonly string[];
  readonly rules?: readonly string[];
  readonly add?: readonly string[];
  readonly remove?: readonly string[];
  readonly jobId?: string;
}

export interface ReceiverOptions {
  /** The secrets (or public keys) of each source, several while one is rotated. None: closed. */
  readonly secrets: Readonly<Record<SourceName, readonly string[]>>;
  readonly rules: CompiledRules;
  readonly queue: Pick<Queue, 'send' | 'deadLetter'>;
  /** The Wix site an event's labels are for; undefined for an event of a site that is not served. */
  readonly siteOf: (event: CustomerEvent) => string | undefined;
}

/** Takes one delivery as far as the queue. @throws what the AWS client throws: nothing was accepted then */
export type Receiver = (sourceName: string, delivery: Delivery) => Promise<Receipt>;

const isSource = (name: string): name is SourceName => Object.hasOwn(sources, name);

/** The way of a delivery: verify the raw bytes, read, match the rules, queue. */
export function createReceiver({ secrets, rules, queue, siteOf }: ReceiverOptions): Receiver {
  /** Keeps a verified delivery that cannot go on, raw. One that even so does not fit is not accepted. */
  async function bury(
    source: Source,
    delivery: Delivery,
    certificate: DeathCertificate,
    eventId = '',
  ): Promise<Receipt> {
    // One body may come under several topics, and die of several things: each is a letter of its own.
    const id = digest(source.name, eventId, certificate.detail ?? '', delivery.body);
    const letter = deadDelivery(source.name, delivery, id, certificate);
    if (!letter) return tooLarge(delivery);
    await queue.deadLetter(letter);
    const { reason, detail } = certificate;
    return { status: 'dead-letter', id, reason: detail ? `${reason}: ${detail}` : reason };
  }

  async function queueJob(source: Source, delivery: Delivery, job: LabelJob): Promise<Receipt> {
    const { cause, contact, id: jobId, add, remove } = job;
    if (!namesSomebody(contact)) {
      const detail =
        'It names nobody: no contact id, member id, e-mail or phone. See docs/sources.md.';
      return bury(source, delivery, { reason: 'no-contact-reference', detail }, cause.eventId);
    }
    const status = await queue.send(job);
    if (status === 'too-large') {
      const detail = 'Its labels and contact do not fit a message of 1 MiB. Narrow the rule.';
      return bury(source, delivery, { reason: 'job-too-large', detail }, cause.eventId);
    }
    return { status, jobId, rules: cause.rules, add, remove };
  }

  async function buryFailures(
    source: Source,
    delivery: Delivery,
    { failures }: Match,
    eventId: string,
  ): Promise<Receipt | undefined> {
    if (failures.length === 0) return undefined;
    const detail = failures.map(({ rule, reason }) => `"${rule}": ${reason}`).join('; ');
    return bury(source, delivery, { reason: 'rule-failed', detail }, eventId);
  }

  /** What the rules say of the events. A rule that failed does not hold up what the others earned. */
  async function map(
    source: Source,
    delivery: Delivery,
    events: readonly [CustomerEvent, ...CustomerEvent[]],
    bodyProof: Buffer | undefined,
  ): Promise<Receipt> {
    const [event] = events;
    const about = { id: event.id, topic: event.topic, types: events.map(({ type }) => type) };
    const site = siteOf(event);
    if (site === undefined) {
      return { ...about, status: 'ignored', reason: 'it is of a site that is not served' };
    }
    const match = matchRules(rules, events);
    // The letter goes first: where it does not go, the sender has to come again with all of it.
    const letter = await buryFailures(source, delivery, match, event.id);
    if (letter?.status === 'too-large') return letter;
    if (match.add.length + match.remove.length === 0) {
      return { ...(letter ?? { status: 'ignored', reason: 'no rule matched' }), ...about };
    }
    const job = makeJob(events, match, site, bodyProof, delivery.receivedAt);
    const receipt = await queueJob(source, delivery, job);
    return { ...letter, ...receipt, ...about };
  }

  return async (sourceName, delivery) => {
    if (!isSource(sourceName)) {
      const reason = `there is no such source; there are ${Object.keys(sources).join(', ')}`;
      return { status: 'unknown-source', reason };
    }
    const source = sources[sourceName];
    if (delivery.body.length > MESSAGE_LIMIT_BYTES) return tooLarge(delivery);
    if (secrets[sourceName].length === 0) {
      const reason = `the source is closed: ${source.secretSetting} is not set`;
      return { status: 'refused', reason };
    }
    if (source.isPing?.(delivery)) return { status: 'ping' };
    const verdict = source.verify(delivery, secrets[sourceName]);
    if (!verdict.ok) return { status: 'refused', reason: verdict.reason };
    const reading = source.read(delivery);
    switch (reading.kind) {
      case 'ignored':
        return { status: 'ignored', topic: reading.topic, reason: reading.reason };
      case 'unreadable':
        return bury(source, delivery, { reason: 'unreadable', detail: reading.reason });
      case 'events':
        return map(source, delivery, reading.events, verdict.bodyProof);
    }
  };
}

function tooLarge({ body }: Delivery): Receipt {
  return { status: 'too-large', reason: `${body.length} bytes, where 1 MiB is the most` };
}
