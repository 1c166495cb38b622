import type { CustomerEvent } from '../events/event.ts';
import { asText, at, isObject, type JsonObject, list, text } from '../sources/payload/access.ts';
import { bodyDigest, type EventDraft, toReading } from '../sources/payload/draft.ts';
import { isoTime } from '../sources/payload/fields.ts';
import { objectOrJson, parseObject } from '../sources/payload/parse.ts';
import type { Verified } from '../sources/source.ts';

/** What a delivery says that is about a history, and no part of one. */
export interface Notice {
  /** Of whom it is; of nobody where a shop wants all erased that it sent. */
  readonly event: CustomerEvent;
  /** Ids of the contacts that were merged into the one of the event. */
  readonly merged?: readonly string[];
  /** `person`: everything about the person of the event. `source`: what the event's source sent about anybody. */
  readonly erase?: 'person' | 'source';
}

type Found = Omit<Notice, 'event'> & { readonly draft: EventDraft };

/**
 * The notice in a verified delivery, whatever its reader makes of it: that contacts were merged, or that somebody wants
 * to be forgotten.
 */
export function noticeOf(source: string, delivery: Verified): Notice | undefined {
  const found = source === 'wix' ? inWix(delivery) : inShopify(source, delivery);
  if (found === undefined) return undefined;
  const { draft, ...notice } = found;
  const reading = toReading(source, delivery, draft);
  return reading.kind === 'events' ? { ...notice, event: reading.events[0] } : undefined;
}

/**
 * The privacy webhooks that each app has to answer (shopify.dev/docs/apps/build/compliance/privacy-law-compliance, read
 * 2026-11-28). The topic is not signed: a body that has no shop, or is of no customer, is none.
 */
function inShopify(source: string, delivery: Verified): Found | undefined {
  const topic = asText(delivery.headers['x-shopify-topic']);
  if (source !== 'shopify' || topic === undefined || !/^(?:customers|shop)\/redact$/.test(topic)) {
    return undefined;
  }
  const body = parseObject(delivery.body);
  if (body === undefined || text(body, 'shop_domain') === undefined) return undefined;
  const { customer } = body;
  // A request of the customer for their data has the same shape, and this list for another.
  if (Array.isArray(body.orders_requested)) return undefined;
  if ((topic === 'customers/redact') !== isObject(customer)) return undefined;
  const id = asText(delivery.headers['x-shopify-webhook-id']) ?? bodyDigest(delivery);
  const draft: EventDraft = {
    id: `${topic}:${id}`,
    topic,
    types: ['custom'],
    contact: { email: text(customer, 'email'), phone: text(customer, 'phone') },
    data: body,
  };
  return { erase: isObject(customer) ? 'person' : 'source', draft };
}

const CONTACT = 'wix.contacts.v4.contact';
/** The documentation writes the second (@wix/crm, checked 2026-11-28). */
const MERGED = new Set([`${CONTACT}_merged`, `${CONTACT}_merge`]);

function inWix(delivery: Verified): Found | undefined {
  const envelope = objectOrJson(delivery.claims?.data);
  const event = objectOrJson(envelope?.data);
  if (envelope === undefined || event === undefined) return undefined;
  const named = `${text(event, 'entityFqdn')}_${text(event, 'slug')}`;
  const topic = text(envelope, 'eventType') ?? named;
  if (!topic.startsWith(`${CONTACT}_`)) return undefined;
  const draftOf = (contactId: string | undefined): EventDraft => ({
    id: text(event, 'id'),
    topic,
    types: ['custom'],
    site: asText(envelope.instanceId),
    occurredAt: isoTime(event.eventTime),
    contact: { contactId },
    data: event,
  });
  if (MERGED.has(topic)) {
    const body = bodyOf(event);
    const into = text(body, 'targetContactId') ?? text(event, 'entityId');
    const merged = list(body, 'sourceContactIds')
      .map(asText)
      .filter((id) => id !== undefined);
    return into === undefined || merged.length === 0 ? undefined : { merged, draft: draftOf(into) };
  }
  if (event.triggeredByAnonymizeRequest !== true) return undefined;
  return { erase: 'person', draft: draftOf(text(event, 'entityId')) };
}

/** The body of an action; older events have it as text. */
function bodyOf(event: JsonObject): JsonObject | undefined {
  const action = objectOrJson(event.actionEvent);
  return objectOrJson(at(action, 'body')) ?? objectOrJson(at(action, 'bodyAsJson'));
}
