import type { SourceName } from '../../../lib/events/event.ts';
import { knownSource } from '../../../lib/sources/index.ts';
import { type JsonObject, text } from '../../../lib/sources/payload/access.ts';
import { parseObject } from '../../../lib/sources/payload/parse.ts';
import type { Delivery } from '../../../lib/sources/source.ts';

type DeliveryHeaders = Delivery['headers'];

/** Guesses the topic from a body, for sources whose topic stands in a header. Without a guess it has to be named. */
const GUESSES: Readonly<Record<SourceName, (body: JsonObject) => string>> = {
  shopify: shopifyTopic,
  woocommerce: wooTopic,
};

/** The headers that a source's reader needs, the topic among them: as it was named, or guessed from the body. */
export function topicHeaders(
  source: SourceName,
  headers: DeliveryHeaders,
  body: Buffer,
  topic: string | undefined,
): { headers: DeliveryHeaders; note?: string } {
  const { topicHeader } = knownSource(source);
  if (topicHeader === undefined) {
    return { headers: { ...defaults(source, headers, body), ...headers } };
  }
  if (topic !== undefined) return { headers: { ...headers, [topicHeader]: topic } };
  // Shopify's newer name for its headers has no x-.
  const isThere = headers[topicHeader] ?? headers[topicHeader.replace(/^x-/, '')];
  const read = parseObject(body);
  if (isThere === undefined && read === undefined) {
    return { headers, note: 'the topic cannot be guessed: the body is no JSON object' };
  }
  const guess = isThere === undefined && read ? GUESSES[source]?.(read) : undefined;
  if (guess === undefined) return { headers };
  return {
    headers: { ...headers, [topicHeader]: guess },
    note: `the topic ${guess} is guessed from the body; --topic says another`,
  };
}

/** How a form begins: `name=`. A list or a text of JSON does not, nor does multipart. */
const FORM = /^[\w.%+[\]-]+=/;

function defaults(source: SourceName, headers: DeliveryHeaders, body: Buffer): DeliveryHeaders {
  // The reader takes the id from the headers of the family that signed, and a dead letter keeps no signature.
  if (source === 'standard-webhooks' && headers['svix-id'] === undefined) {
    return { 'webhook-id': 'msg_test', 'webhook-signature': '' };
  }
  // A file of a form has no headers, and a sender of forms names their type.
  return source === 'custom' && FORM.test(body.toString('latin1', 0, 1_000))
    ? { 'content-type': 'application/x-www-form-urlencoded' }
    : {};
}

function shopifyTopic(body: JsonObject): string {
  if (text(body, 'email_address') !== undefined) return 'customers_email_marketing_consent/update';
  if (text(body, 'abandoned_checkout_url') !== undefined) return 'checkouts/update';
  if (text(body, 'invoice_url') !== undefined) return 'draft_orders/update';
  const status = text(body, 'financial_status');
  if (!Array.isArray(body.line_items) && status === undefined) return 'customers/create';
  if (text(body, 'cancelled_at') !== undefined) return 'orders/cancelled';
  if (status === 'paid') return 'orders/paid';
  return status?.endsWith('refunded') ? 'orders/updated' : 'orders/create';
}

function wooTopic(body: JsonObject): string {
  if (text(body, 'billing_period') !== undefined) return 'subscription.updated';
  return Array.isArray(body.line_items) || body.total !== undefined
    ? 'order.updated'
    : 'customer.created';
}
