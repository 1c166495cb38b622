import { createHash } from 'node:crypto';
import type { APIGatewayProxyEventV2, SQSRecord } from 'aws-lambda';
import { toEvent } from '../engine/http-api.ts';
import type { LabelJob } from '../lib/queue/job.ts';
import { draftSample } from '../samples/samples.ts';
import { hmacBase64 } from '../samples/sign.ts';
import type { Message } from '../simulators/sqs/message.ts';
import { toRecord } from '../simulators/sqs/record.ts';
import type { WixSimulator } from '../simulators/wix/simulator.ts';
import { buyerAt } from './measure.ts';
import { SECRET } from './peers.ts';

interface PurchaseOptions {
  /** Default: `orders/paid`, which the shop's rules have rules for. */
  readonly topic?: string;
  /** Fields of the order beside those of the sample. */
  readonly fields?: object;
  /** Default: the right one. */
  readonly signature?: string;
  /** In the place of the order. */
  readonly body?: string;
}

/** A signed order of customer `number` at Shopify, as an HTTP API hands it to `receive` (payload 2.0). */
export function purchaseEvent(
  number: number,
  { topic, fields, signature, body }: PurchaseOptions = {},
): APIGatewayProxyEventV2 {
  const { draft, sign } = draftSample('shopify', { now: Date.now(), buyer: buyerAt(number) });
  const payload = { ...draft.payload, ...fields };
  const sample = sign({ topic: topic ?? draft.topic, payload }, SECRET);
  const sent = Buffer.from(body ?? sample.body);
  const headers = {
    accept: '*/*',
    'accept-encoding': 'gzip;q=1.0,deflate;q=0.6,identity;q=0.3',
    'content-length': `${sent.length}`,
    host: 'abcdefghij.execute-api.us-east-1.amazonaws.com',
    'user-agent': 'Shopify-Captain-Hook',
    'x-forwarded-for': '192.0.2.1',
    'x-forwarded-port': '443',
    'x-forwarded-proto': 'https',
    ...sample.headers,
    'x-shopify-hmac-sha256': signature ?? hmacBase64(SECRET, sent),
  };
  const distinct = Object.entries(headers).map(([name, value]) => [name, [value]]);
  const request = {
    method: 'POST',
    url: '/webhooks/shopify',
    httpVersion: '1.1',
    headersDistinct: Object.fromEntries(distinct),
    socket: { remoteAddress: '192.0.2.1' },
  };
  return toEvent(request, sent, { route: { key: 'POST /webhooks/shopify' }, pathParameters: {} });
}

/** People whom the simulated Wix has, one after the other. */
export function createCustomers(wix: WixSimulator) {
  const ids: string[] = [];
  return {
    /** Somebody new. */
    next() {
      const number = ids.length;
      const { email, firstName, lastName } = buyerAt(number);
      const contactId = wix.addContact({ email, firstName, lastName });
      ids.push(contactId);
      return { number, email, contactId };
    },
    /** How many there are, and how many of them have a label. */
    count: () => ({
      known: ids.length,
      labelled: ids.filter((id) => wix.labelNamesOf(id).length > 0).length,
    }),
  };
}
export type Customers = ReturnType<typeof createCustomers>;

/** A job in its queue. */
export type Job = Pick<Message, 'id' | 'group' | 'body'>;

/** A job like one that `receive` queued, about another contact. */
export function jobLike({ body }: Job, contact: LabelJob['contact']): Job {
  const group = `${contact.email}`;
  const id = createHash('sha256').update(group).digest('hex');
  return { id, group, body: JSON.stringify({ ...JSON.parse(body), id, contact }) };
}

/** A message as SQS hands it to `label`. */
export function recordOf({ id, body, group }: Job, receives = 1): SQSRecord {
  const now = `${Date.now()}`;
  const Attributes = {
    ApproximateReceiveCount: `${receives}`,
    ApproximateFirstReceiveTimestamp: now,
    SentTimestamp: now,
    MessageGroupId: group,
    MessageDeduplicationId: id,
  };
  return toRecord({ MessageId: id, ReceiptHandle: id, Body: body, Attributes }, 'jobs.fifo');
}

/** Messages in batches of `size`, as an event source mapping hands them to `label`. */
export function inBatches(messages: readonly Job[], size: number): object[] {
  const count = Math.ceil(messages.length / size);
  return Array.from({ length: count }, (_, at) => ({
    Records: messages.slice(at * size, (at + 1) * size).map((message) => recordOf(message)),
  }));
}

/** @throws Error unless `receive` reports that it queued the event */
export function checkQueued(answer: unknown): void {
  const { statusCode, body = '{}' } = Object(answer) as { statusCode?: number; body?: string };
  if (statusCode === 200 && JSON.parse(body).status === 'queued') return;
  throw new Error(`\`receive\` queued nothing. It answered ${JSON.stringify(answer)}.`);
}

/**
 * @param done jobs whose contacts must have just their labels
 * @throws Error unless they do, and `label` gave back the other jobs alone
 */
export function checkLabelled(
  wix: WixSimulator,
  answer: unknown,
  done: readonly (Job & { readonly contactId: string })[],
  givenBack: readonly Job[] = [],
): void {
  const answered = JSON.stringify(answer);
  const batchItemFailures = givenBack.map(({ id }) => ({ itemIdentifier: id }));
  if (answered !== JSON.stringify({ batchItemFailures })) {
    throw new Error(`\`label\` did not label. It answered ${answered}.`);
  }
  for (const { body, contactId } of done) {
    const [has, names] = [wix.labelNamesOf(contactId), JSON.parse(body).add].map(
      (labels: readonly string[]) => labels.toSorted().join(', '),
    );
    if (has !== names) throw new Error(`A contact has the labels "${has}", not "${names}".`);
  }
}
