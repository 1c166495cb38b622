import { hash } from 'node:crypto';
import type { SourceName } from '../events/event.ts';
import { type DeadLetterInfo, deadDelivery } from '../queue/dead-letter.ts';
import type { LabelJob } from '../queue/job.ts';
import { attributeText, MESSAGE_LIMIT_BYTES } from '../queue/message.ts';
import type { Queue } from '../queue/queue.ts';
import { digest } from '../runtime/digest.ts';
import { log, requestId } from '../runtime/log.ts';
import { addMetric } from '../runtime/metrics.ts';
import { isSource, sources } from '../sources/index.ts';
import type { Delivery, Refusal, Source, Verdict } from '../sources/source.ts';
import { type Clock, DEADLINE_MS, within } from './deadline.ts';
import { type Interpretation, interpret } from './interpret.ts';
import type { MappingOptions } from './mapping.ts';

/** What became of a delivery. `id` is the event's, or that of the dead letter. */
export interface ReceiveResult {
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
  readonly clock: Clock;
}

const SQS_TOO_SLOW =
  'took too long: SQS had not taken what it asks for after 3 s. It may have done so since: to replay does no harm';

/** Takes one delivery as far as the queue. @throws what the AWS client throws: nothing was accepted then */
export type Receiver = (sourceName: string, delivery: Delivery) => Promise<ReceiveResult>;

/** The way of a delivery: verify the raw bytes, read, match the rules, queue. */
export function createReceiver(options: ReceiverOptions): Receiver {
  const { secrets, queue, clock, ...mappingOptions } = options;

  /** Keeps a verified delivery that cannot go on, raw. One that even so does not fit is not accepted. */
  async function bury(
    source: Source,
    delivery: Delivery,
    { reason, detail: given }: DeadLetterInfo,
    eventId = '',
  ): Promise<ReceiveResult> {
    // Rules may fail by the thousand. The letter's own attribute would be cut as well.
    const detail = given && attributeText(given);
    // One body may come under several topics, and die of several things: each is a letter of its own.
    const id = digest(source.name, eventId, detail ?? '', delivery.body);
    const letter = deadDelivery(source.name, delivery, id, { reason, detail }, eventId || id);
    if (!letter) return tooLarge(delivery);
    await queue.deadLetter(letter);
    addMetric('DeadLettered', { Reason: reason });
    return { status: 'dead-letter', id, reason: detail ? `${reason}: ${detail}` : reason };
  }

  async function queueJob(
    source: Source,
    delivery: Delivery,
    job: LabelJob,
  ): Promise<ReceiveResult> {
    const { cause, id: jobId, add, remove } = job;
    const status = await queue.send(job);
    if (status === 'too-large') {
      const detail = 'Its labels and contact do not fit a message of 1 MiB. Narrow the rule.';
      return bury(source, delivery, { reason: 'job-too-large', detail }, cause.eventId);
    }
    if (status === 'queued') addMetric('Queued', {});
    return { status, jobId, rules: cause.rules, add, remove };
  }

  /** Sends what the rules made of the events. */
  async function send(
    source: Source,
    delivery: Delivery,
    { about, mapping }: Extract<Interpretation, { kind: 'mapped' }>,
  ): Promise<ReceiveResult> {
    const { failure, job, flaw, ignored: why = '' } = mapping;
    // The letter goes first: where it does not go, the sender has to come again with all of it.
    const letter = failure && (await bury(source, delivery, failure, about.id));
    if (letter?.status === 'too-large') return letter;
    if (job === undefined) return { ...(letter ?? ignored(why)), ...about };
    const receipt = flaw
      ? await bury(source, delivery, flaw, about.id)
      : await queueJob(source, delivery, job);
    return { ...letter, ...receipt, ...about };
  }

  /** The way of a delivery that is its source's own, to a 200 in bounded time whatever is in it. */
  async function accept(
    source: Source,
    delivery: Delivery,
    bodyProof: Uint8Array | undefined,
  ): Promise<ReceiveResult> {
    const deadline = clock.now() + DEADLINE_MS;
    const isLate = (): boolean => clock.now() > deadline;
    const { body } = delivery;
    // Where nothing follows this line, Lambda ended the function: its request id leads to Lambda's own lines.
    log.info('received', {
      requestId: requestId(),
      body: hash('sha256', body).slice(0, 12),
      bytes: body.length,
    });
    const found = interpret(source, delivery, mappingOptions, bodyProof, isLate);
    if (found.kind === 'ignored') return { topic: found.topic, ...ignored(found.reason) };
    const buryUnread = (detail: string, eventId?: string) =>
      bury(source, delivery, { reason: 'unreadable', detail }, eventId);
    if (found.kind === 'unreadable') return buryUnread(found.reason);
    const sent = send(source, delivery, found);
    return within(clock, deadline, sent, async () => {
      const letter = await buryUnread(SQS_TOO_SLOW, found.about.id);
      return letter.status === 'too-large' ? sent : { ...letter, ...found.about };
    });
  }

  return async (sourceName, delivery) => {
    if (!isSource(sourceName)) {
      const reason = `there is no such source; there are ${Object.keys(sources).join(', ')}`;
      addMetric('Refused', { Reason: 'unknown-source' });
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
    return accept(source, delivery, verdict.bodyProof);
  };
}

function noteVerdict(source: SourceName, verdict: Verdict): void {
  if (verdict.ok) addMetric('Verified', { Source: source }, 1);
  else if (verdict.kind === 'signature' || verdict.kind === 'stale') {
    addMetric('Verified', { Source: source }, 0);
  }
}

function ignored(reason: string): ReceiveResult {
  addMetric('Ignored', {});
  return { status: 'ignored', reason };
}

function refused(kind: Refusal, reason: string): ReceiveResult {
  addMetric('Refused', { Reason: kind });
  return { status: 'refused', reason };
}

function tooLarge({ body }: Delivery): ReceiveResult {
  addMetric('Refused', { Reason: 'too-large' });
  return { status: 'too-large', reason: `${body.length} bytes, where 1 MiB is the most` };
}
