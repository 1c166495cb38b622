import { hash } from 'node:crypto';
import { isCodeSource, type SourceName } from '../events/event.ts';
import { deadDelivery } from '../queue/kept-delivery.ts';
import { attributeText, MESSAGE_LIMIT_BYTES } from '../queue/message.ts';
import type { Queue } from '../queue/queue.ts';
import { digest } from '../runtime/digest.ts';
import { log, requestId } from '../runtime/log.ts';
import { addMetric } from '../runtime/metrics.ts';
import { sourceNamed } from '../sources/index.ts';
import type { Delivery, FetchText, Source, Verified } from '../sources/source.ts';
import { type Clock, DEADLINE_MS, within } from './deadline.ts';
import {
  addDeliveryContext,
  type ReadEvent,
  type ReceiveResult,
  sourceInMetrics,
} from './delivery-line.ts';
import { type Interpretation, interpret } from './interpret.ts';
import type { SecretsOf } from './secrets.ts';
import type { DeliveryProblem, SiteRules } from './to-job.ts';

export interface ReceiverOptions extends SiteRules {
  readonly secrets: SecretsOf;
  readonly queue: Pick<Queue, 'send' | 'deadLetter'>;
  readonly clock: Clock;
  /** Gets what a source needs for its check: a certificate. */
  readonly fetchText: FetchText;
  /** Hears of each verified delivery and what became of it. */
  readonly keep?: ((delivery: Verified, result: ReceiveResult) => void) | undefined;
}

const JOB_TOO_LARGE: DeliveryProblem = {
  reason: 'job-too-large',
  detail: 'Its labels and contact do not fit a message of 1 MiB. Narrow the rule.',
};

const NO_SUCH_SOURCE = 'there is no such source: `./earmark sources list` names them';

const SQS_TOO_SLOW =
  'took too long: SQS had not taken what it asks for after 3 s. It may have done so since: to replay does no harm';

/** Takes one delivery as far as the queue. @throws what the AWS client or `prepare` throws: nothing was accepted then */
export type Receiver = (sourceName: string, delivery: Delivery) => Promise<ReceiveResult>;

/** The way of a delivery: verify the raw bytes, read, match the rules, queue. */
export function createReceiver(options: ReceiverOptions): Receiver {
  const { secrets: secretsOf, queue, clock, fetchText, keep, ...mappingOptions } = options;

  /** Keeps a verified delivery that cannot go on, raw. One that does not fit a message is not accepted. */
  async function deadLetter(
    source: SourceName,
    delivery: Delivery,
    { reason, detail: given }: DeliveryProblem,
    event?: ReadEvent,
  ): Promise<DeadLettered | TooLarge> {
    // Rules may fail by the thousand, and an attribute of the dead letter is cut at the same length.
    const detail = given && attributeText(given);
    // One body may come under several topics and fail for several reasons: each makes a dead letter.
    const id = digest(source, event?.id ?? '', detail ?? '', delivery.body);
    const eventId = event?.id ?? id;
    const kept = deadDelivery({ source, delivery, id, eventId, info: { reason, detail } });
    if (!kept) return tooLarge(delivery);
    await queue.deadLetter(kept);
    addMetric('DeadLettered', { Reason: reason });
    return { status: 'dead-letter', deadLetter: { id, reason, detail }, event };
  }

  /** Sends what the rules made of the events. */
  async function send(
    source: SourceName,
    delivery: Delivery,
    { event, mapping }: Extract<Interpretation, { kind: 'mapped' }>,
  ): Promise<ReceiveResult> {
    const { failedRules } = mapping;
    // The dead letter goes first: if it fails, the sender has to come again with all of it.
    const failed = failedRules && (await deadLetter(source, delivery, failedRules, event));
    if (failed?.status === 'too-large') return failed;
    if (mapping.kind === 'ignored') {
      return failed ?? { status: 'ignored', reason: mapping.reason, event };
    }
    if (mapping.kind === 'nobody') return deadLetter(source, delivery, mapping.problem, event);
    const { job } = mapping;
    const status = await queue.send(job);
    if (status === 'too-large') return deadLetter(source, delivery, JOB_TOO_LARGE, event);
    const { add, remove, cause } = job;
    return { status, event, rules: cause.rules, add, remove, failedRules: failed?.deadLetter };
  }

  /** The way of a verified delivery, to a 200 in bounded time whatever is in it. */
  async function accept(source: Source, delivery: Verified): Promise<ReceiveResult> {
    const deadline = clock.now() + DEADLINE_MS;
    const isLate = (): boolean => clock.now() > deadline;
    const { body } = delivery;
    // Where nothing follows this line, Lambda ended the function; the request id leads to Lambda's own lines.
    log.info('received', {
      requestId: requestId(),
      body: hash('sha256', body).slice(0, 12),
      bytes: body.length,
    });
    const found = interpret(source, delivery, mappingOptions, isLate);
    if (found.kind === 'ignored') {
      addDeliveryContext({ topic: found.topic });
      return { status: 'ignored', reason: found.reason };
    }
    const unread = (detail: string, event?: ReadEvent) =>
      deadLetter(source.name, delivery, { reason: 'unreadable', detail }, event);
    if (found.kind === 'unreadable') {
      const kept = await unread(found.reason);
      if (kept.status === 'dead-letter') addDeliveryContext({ eventId: kept.deadLetter.id });
      return kept;
    }
    const sent = send(source.name, delivery, found);
    return within(clock, deadline, sent, async () => {
      const kept = await unread(SQS_TOO_SLOW, found.event);
      return kept.status === 'too-large' ? sent : kept;
    });
  }

  return async (sourceName, delivery) => {
    const source = sourceNamed(sourceName);
    if (!source) return { status: 'unknown-source', reason: NO_SUCH_SOURCE };
    // Senders ask so whether there is somebody at the address. It proves nothing, and nothing is done.
    if (/^(?:HEAD|GET)$/.test(delivery.address?.method ?? '')) return { status: 'ping' };
    // ThriveCart asks so by an empty POST, too.
    if (delivery.body.length === 0 && !isCodeSource(source.name)) return { status: 'ping' };
    if (delivery.body.length > MESSAGE_LIMIT_BYTES) return tooLarge(delivery);
    const secrets = await secretsOf(source);
    if (secrets.length === 0) {
      const reason = `the source is closed: ${source.secretSetting} is not set`;
      return { status: 'refused', refusal: 'closed', reason };
    }
    if (source.isPing?.(delivery)) return { status: 'ping' };
    await source.prepare?.(delivery, fetchText);
    const found = source.verify(delivery, secrets);
    // `closed`, `unusable` and `unsigned` say nothing about a signature.
    const isSigned = found.ok || found.kind === 'signature' || found.kind === 'stale';
    if (isSigned) addMetric('Verified', { Source: sourceInMetrics(source.name) }, found.ok ? 1 : 0);
    if (!found.ok) return { status: 'refused', refusal: found.kind, reason: found.reason };
    const result = await accept(source, found.verified);
    keep?.(found.verified, result);
    return result;
  };
}

type DeadLettered = Extract<ReceiveResult, { status: 'dead-letter' }>;
type TooLarge = Extract<ReceiveResult, { status: 'too-large' }>;

const tooLarge = ({ body }: Delivery): TooLarge => ({
  status: 'too-large',
  reason: `${body.length} bytes, where 1 MiB is the most`,
});
