import type { CustomerEvent, SourceName } from '../events/event.ts';
import { type DeathCertificate, deadDelivery } from '../queue/dead-letter.ts';
import { digest, groupTag } from '../queue/identity.ts';
import type { LabelJob } from '../queue/job.ts';
import { MESSAGE_LIMIT_BYTES } from '../queue/message.ts';
import type { Queue } from '../queue/queue.ts';
import { addLogFields } from '../runtime/log.ts';
import { note } from '../runtime/metrics.ts';
import { isSource, sources } from '../sources/index.ts';
import type { Delivery, Refusal, Source, Verdict } from '../sources/source.ts';
import { namesSomebody } from './job.ts';
import { type MappingOptions, mapEvents } from './mapping.ts';

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

export interface ReceiverOptions extends MappingOptions {
  /** The secrets (or public keys) of each source, several while one is rotated. None: closed. */
  readonly secrets: Readonly<Record<SourceName, readonly string[]>>;
  readonly queue: Pick<Queue, 'send' | 'deadLetter'>;
}

/** Takes one delivery as far as the queue. @throws what the AWS client throws: nothing was accepted then */
export type Receiver = (sourceName: string, delivery: Delivery) => Promise<Receipt>;

/** The way of a delivery: verify the raw bytes, read, match the rules, queue. */
export function createReceiver({ secrets, queue, ...mapping }: ReceiverOptions): Receiver {
  /** Keeps a verified delivery that cannot go on, raw. One that even so does not fit is not accepted. */
  async function bury(
    source: Source,
    delivery: Delivery,
    certificate: DeathCertificate,
    eventId = '',
  ): Promise<Receipt> {
    // One body may come under several topics, and die of several things: each is a letter of its own.
    const id = digest(source.name, eventId, certificate.detail ?? '', delivery.body);
    const letter = deadDelivery(source.name, delivery, id, certificate, eventId || id);
    if (!letter) return tooLarge(delivery);
    await queue.deadLetter(letter);
    const { reason, detail } = certificate;
    note('Dead', { Reason: reason });
    return { status: 'dead-letter', id, reason: detail ? `${reason}: ${detail}` : reason };
  }

  async function queueJob(source: Source, delivery: Delivery, job: LabelJob): Promise<Receipt> {
    const { cause, id: jobId, add, remove } = job;
    const status = await queue.send(job);
    if (status === 'too-large') {
      const detail = 'Its labels and contact do not fit a message of 1 MiB. Narrow the rule.';
      return bury(source, delivery, { reason: 'job-too-large', detail }, cause.eventId);
    }
    if (status === 'queued') note('Queued');
    return { status, jobId, rules: cause.rules, add, remove };
  }

  /** Queues what the rules make of the events. */
  async function map(
    source: Source,
    delivery: Delivery,
    events: readonly [CustomerEvent, ...CustomerEvent[]],
    bodyProof: Buffer | undefined,
  ): Promise<Receipt> {
    const { id, topic, contact } = events[0];
    const about = { id, topic, types: events.map(({ type }) => type) };
    const { receivedAt } = delivery;
    addLogFields({ eventId: id, topic });
    const mapped = mapEvents(events, mapping, bodyProof, receivedAt);
    const { site, failure, job, flaw } = mapped;
    // The group also where no rule matched: that is most often why somebody has no label.
    const group = site && namesSomebody(contact) ? groupTag({ site, contact }) : undefined;
    addLogFields({ site, group, ...(!flaw && { jobId: job?.id }) });
    // The letter goes first: where it does not go, the sender has to come again with all of it.
    const letter = failure && (await bury(source, delivery, failure, id));
    if (letter?.status === 'too-large') return letter;
    if (job === undefined) return { ...(letter ?? ignored(mapped.ignored ?? '')), ...about };
    const receipt = flaw
      ? await bury(source, delivery, flaw, id)
      : await queueJob(source, delivery, job);
    return { ...letter, ...receipt, ...about };
  }

  return async (sourceName, delivery) => {
    if (!isSource(sourceName)) {
      const reason = `there is no such source; there are ${Object.keys(sources).join(', ')}`;
      note('Refused', { Reason: 'unknown-source' });
      return { status: 'unknown-source', reason };
    }
    const source = sources[sourceName];
    if (delivery.body.length > MESSAGE_LIMIT_BYTES) return tooLarge(delivery);
    if (secrets[sourceName].length === 0) {
      const reason = `the source is closed: ${source.secretSetting} is not set`;
      return refused('closed', reason);
    }
    if (source.isPing?.(delivery)) return { status: 'ping' };
    const verdict = source.verify(delivery, secrets[sourceName]);
    noteVerdict(source.name, verdict);
    if (!verdict.ok) return refused(verdict.kind, verdict.reason);
    const reading = source.read(delivery);
    switch (reading.kind) {
      case 'ignored':
        return { topic: reading.topic, ...ignored(reading.reason) };
      case 'unreadable':
        return bury(source, delivery, { reason: 'unreadable', detail: reading.reason });
      case 'events':
        return map(source, delivery, reading.events, verdict.bodyProof);
    }
  };
}

/** 1 for a proof that holds, 0 for one that was refused; what offers none says nothing of the secret. */
function noteVerdict(source: SourceName, verdict: Verdict): void {
  if (verdict.ok) note('Verified', { Source: source }, 1);
  else if (verdict.kind === 'signature' || verdict.kind === 'stale') {
    note('Verified', { Source: source }, 0);
  }
}

function ignored(reason: string): Receipt {
  note('Ignored');
  return { status: 'ignored', reason };
}

function refused(kind: Refusal, reason: string): Receipt {
  note('Refused', { Reason: kind });
  return { status: 'refused', reason };
}

function tooLarge({ body }: Delivery): Receipt {
  note('Refused', { Reason: 'too-large' });
  return { status: 'too-large', reason: `${body.length} bytes, where 1 MiB is the most` };
}
