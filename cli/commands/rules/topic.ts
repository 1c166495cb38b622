import type { SourceName } from '../../../lib/events/event.ts';
import { sources } from '../../../lib/sources/index.ts';
import { type JsonObject, parseObject, text } from '../../../lib/sources/payload/json.ts';
import { PayloadProblem } from './problem.ts';

type Headers = Readonly<Record<string, string>>;

/** Guesses the topic from a body, for sources whose topic stands in a header. Without a guess it has to be named. */
const GUESSES: Partial<Record<SourceName, (body: JsonObject) => string>> = {
  shopify: shopifyTopic,
  woocommerce: wooTopic,
};

/**
 * The headers that a source's reader needs, the topic among them: as it was named, or guessed from the body.
 * @throws PayloadProblem for a topic where the source has no header for it
 */
export function topicHeaders(
  source: SourceName,
  headers: Headers,
  body: Buffer,
  topic: string | undefined,
): { headers: Headers; note?: string } {
  const { topicHeader } = sources[source];
  if (topicHeader === undefined) {
    if (topic !== undefined) {
      throw new PayloadProblem(`${source} says what happened in the body: leave the topic out.`);
    }
    return { headers: { ...defaults(source, headers, body), ...headers } };
  }
  if (topic !== undefined) return { headers: { ...headers, [topicHeader]: topic } };
  // Shopify's newer name for its headers.
  const isThere = headers[topicHeader] ?? headers[topicHeader.replace(/^x-/, '')];
  const read = parseObject(body);
  if (isThere !== undefined || read === undefined) return { headers };
  const guess = GUESSES[source]?.(read);
  if (guess === undefined) return { headers };
  return {
    headers: { ...headers, [topicHeader]: guess },
    note: `the topic ${guess} is guessed from the body; --topic says another`,
  };
}

/** How a form begins: `name=`. A list or a text of JSON does not, nor does multipart. */
const FORM = /^[\w.%+[\]-]+=/;

function defaults(source: SourceName, headers: Headers, body: Buffer): Headers {
  // The reader believes the id of the family that signed, and a dead letter keeps no signature.
  if (source === 'standard-webhooks') {
    return headers['svix-id'] === undefined
      ? { 'webhook-id': 'msg_test', 'webhook-signature': '' }
      : {};
  }
  // A file of a form has no headers, and whoever posts one names its type.
  return source === 'custom' && FORM.test(body.toString('latin1', 0, 1_000))
    ? { 'content-type': 'application/x-www-form-urlencoded' }
    : {};
}

function shopifyTopic(body: JsonObject): string {
  if (text(body, 'email_address') !== undefined) return 'customers_email_marketing_consent/update';
  if (text(body, 'abandoned_checkout_url') !== undefined) return 'checkouts/update';
  if (text(body, 'invoice_url') !== undefined) return 'draft_orders/update';
  const isOrder = Array.isArray(body.line_items) || text(body, 'financial_status') !== undefined;
  if (!isOrder) return 'customers/create';
  if (text(body, 'cancelled_at') !== undefined) return 'orders/cancelled';
  const status = text(body, 'financial_status');
  if (status === 'paid') return 'orders/paid';
  return status?.endsWith('refunded') ? 'orders/updated' : 'orders/create';
}

function wooTopic(body: JsonObject): string {
  if (text(body, 'billing_period') !== undefined) return 'subscription.updated';
  return Array.isArray(body.line_items) || body.total !== undefined
    ? 'order.updated'
    : 'customer.created';
}
