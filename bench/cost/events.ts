import { createHash } from 'node:crypto';
import { sampleDelivery } from '../../samples/samples.ts';
import { hmacBase64 } from '../../samples/sign.ts';
import type { SentMessage } from '../aws.ts';
import { buyerAt } from '../measure.ts';
import { httpApiEvent, recordOf } from '../start/events.ts';
import type { Peers } from './peers.ts';
import { SECRET } from './stage.ts';

export interface DeliveryOptions {
  /** Default: `orders/paid`, which rules.yml has rules for. */
  readonly topic?: string;
  /** Default: the right one. */
  readonly signature?: string;
  /** In the place of the purchase. */
  readonly body?: string;
}

/** Customers, and what a shop sends about them. */
export interface Customers {
  /** A purchase of somebody new whom Wix has, signed, as an HTTP API hands it over (payload 2.0). */
  purchase(options?: DeliveryOptions): object;
  /** The same of somebody whom Wix does not have. */
  purchaseOfStranger(options?: DeliveryOptions): object;
  /** Jobs like one that was queued, each about somebody new whom Wix has. */
  jobsLike(message: SentMessage, count: number): readonly SentMessage[];
  /** How many were made whom Wix has, and how many of those have a label. */
  count(): { readonly known: number; readonly labelled: number };
}

export function createCustomers({ wix }: Pick<Peers, 'wix'>): Customers {
  const ids: string[] = [];
  let number = 0;
  function deliver(options: DeliveryOptions = {}): object {
    const buyer = buyerAt(number);
    number += 1;
    const sample = sampleDelivery('shopify', { secret: SECRET, now: Date.now(), buyer });
    const { body = sample.body } = options;
    const headers = {
      ...sample.headers,
      'x-shopify-topic': options.topic ?? 'orders/paid',
      'x-shopify-hmac-sha256': options.signature ?? hmacBase64(SECRET, body),
    };
    return httpApiEvent(headers, body, 'shopify');
  }
  /** Makes the next one known. */
  function welcome(): string {
    const { email } = buyerAt(number);
    ids.push(wix.addContact({ email }));
    return email;
  }
  return {
    purchase(options) {
      welcome();
      return deliver(options);
    },
    jobsLike({ body }, count) {
      const job = JSON.parse(body);
      return Array.from({ length: count }, () => {
        const email = welcome();
        const id = createHash('sha256').update(email).digest('hex');
        number += 1;
        return { id, group: email, body: JSON.stringify({ ...job, id, contact: { email } }) };
      });
    },
    purchaseOfStranger: deliver,
    count: () => ({
      known: ids.length,
      labelled: ids.filter((id) => wix.labelNamesOf(id).length > 0).length,
    }),
  };
}

/** Messages of the jobs queue as an event source mapping hands them over. */
export const batchOf = (messages: readonly SentMessage[]): object => ({
  Records: messages.map(recordOf),
});
