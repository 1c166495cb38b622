import type { EventType } from '../../../../lib/events/event.ts';
import { isObject } from '../../../../lib/sources/payload/access.ts';
import { isoTime } from '../../../../lib/sources/payload/fields.ts';
import { isInList, isScalar, type Leaf, named, parentOf } from './leaves.ts';

export interface AroundDraft {
  readonly topic: string | { readonly constant: string };
  readonly id?: string;
  readonly time?: string;
  readonly test?: Readonly<Record<string, boolean>>;
}

type Headers = Readonly<Record<string, string>>;

const TOPIC_HEADER = /^(?:x-)?.*-(?:topic|event|event-name|event-type|event-key)$/;
const TOPIC =
  'event|eventtype|eventname|triggerevent|topic alertname|triggertype|eventkey|webhooktype type|trigger|notificationtype|resourcename action|kind';
const ID_HEADER =
  /^(?:webhook-id|svix-id|x-.*-(?:delivery|event|webhook|message)-id|x-.*-delivery)$/;
const ID = 'eventid|webhookid|deliveryid|notificationid|messageid';
const TIME =
  'occurredat|eventtime|eventtimestamp createdat|timestamp|created|sentat|submittedat|completedat updatedat|datecreated|eventdate|createdon|date|time';

const TEST = 'test|testmode|istest|sandbox|issandbox';
const LIVE = 'livemode';

/** What stands around the data of a body. */
export function aroundIn(leaves: readonly Leaf[], headers: Headers, fallback: string): AroundDraft {
  const header = Object.keys(headers).find((name) => TOPIC_HEADER.test(name));
  const isTopic = (leaf: Leaf): boolean =>
    leaf.keys.length <= 2 && !isInList(leaf) && /^[A-Za-z][\w./:-]{1,99}$/.test(String(leaf.value));
  const isAround = ({ keys }: Leaf): boolean =>
    keys.length === 1 || /^(?:meta|event|header|trigger|webhook)$/i.test(keys[0] ?? '');
  const inBody = named(leaves, TOPIC, (leaf) => isScalar(leaf) && isTopic(leaf) && isAround(leaf));
  const topic = header ? `header ${header}` : inBody?.place;
  const idHeader = Object.keys(headers).find((name) => ID_HEADER.test(name));
  const isTime = (leaf: Leaf): boolean =>
    isScalar(leaf) && !isInList(leaf) && isoTime(leaf.value) !== undefined;
  const id = idHeader ? `header ${idHeader}` : idIn(leaves, header ? undefined : inBody);
  const time =
    named(leaves, TIME, (leaf) => isTime(leaf) && leaf.keys.length === 1) ??
    named(leaves, TIME, isTime);
  const flag = named(leaves, TEST, ({ value }) => typeof value === 'boolean');
  const live = named(leaves, LIVE, ({ value }) => typeof value === 'boolean');
  const test = flag ? { [flag.place]: true } : live && { [live.place]: false };
  return {
    topic: topic ?? { constant: fallback },
    ...(id && { id }),
    ...(time && { time: time.place }),
    ...(test && { test }),
  };
}

/** An id beside the topic is the event's where the data stands in an object of its own. */
function idIn(leaves: readonly Leaf[], topic: Leaf | undefined): string | undefined {
  const isTop = (leaf: Leaf): boolean => isScalar(leaf) && leaf.keys.length === 1;
  const own = named(leaves, ID, isTop)?.place;
  if (own || topic === undefined || !leaves.some((leaf) => isTop(leaf) === false && isData(leaf)))
    return own;
  return leaves.find(
    (leaf) => leaf.key === 'id' && parentOf(leaf.place) === parentOf(topic.place) && isScalar(leaf),
  )?.place;
}

const isData = ({ keys, value }: Leaf): boolean =>
  keys.length === 1 &&
  isObject(value) &&
  /^(?:data|payload|object|resource|body|event)$/i.test(keys[0] ?? '');

/** What the words of a topic most likely mean; of several the first. */
const MEANINGS: readonly (readonly [RegExp, EventType])[] = [
  [/draft/, 'custom'],
  [/partial\w*[._ /-]?refund|refund\w*[._ /-]?partial/, 'order.partially_refunded'],
  [/refund/, 'order.refunded'],
  [/abandon/, 'checkout.abandoned'],
  [/unsubscrib|opt(?:ed)?[._ -]?out/, 'consent.withdrawn'],
  ...ofWords<EventType>('subscription|membership|recurring|contract', [
    [/fail|past_?due|dunning/, 'payment.failed'],
    [/will|schedul|pending_cancel/, 'subscription.will_end'],
    [/cancel|revok|ended|expir|delet|deactivat|terminat|churn/, 'subscription.canceled'],
    [/unpaus|resum/, 'subscription.resumed'],
    [/paus|hold/, 'subscription.paused'],
    [/renew|paid|payment|charg|cycle|invoice/, 'subscription.renewed'],
    [/creat|activ|start|new|trial|sign|purchas/, 'subscription.started'],
    [/updat|chang|upgrad|downgrad/, 'subscription.changed'],
  ]),
  ...ofWords<EventType>(
    'booking|appointment|invitee|reservation|meeting|attendee|registration|guest|event_order',
    [
      [/cancel|delet|declin|reject/, 'booking.canceled'],
      [/creat|confirm|book|schedul|new|request|order|regist|purchas|complet/, 'booking.created'],
    ],
  ),
  [/form|submission|response|survey|quiz|questionnaire|lead/, 'form.submitted'],
  ...ofWords<EventType>(
    'order|payment|charge|transaction|invoice|checkout|sale|purchase|pledge|donation',
    [
      [/fail|declin|past_?due/, 'payment.failed'],
      [/cancel|void|expir/, 'order.canceled'],
      [/fulfil|ship|deliver/, 'order.fulfilled'],
      [/paid|complet|succe|captur|approv|settl|sale|purchas|donation/, 'order.paid'],
      [/creat|plac|new/, 'order.created'],
    ],
  ),
  ...ofWords<EventType>(
    'customer|user|contact|person|member|account|subscriber|profile|people|email',
    [
      [/creat|new|add|regist|sign|subscrib/, 'customer.created'],
      [/updat|chang|edit/, 'customer.updated'],
    ],
  ),
];

function ofWords<T>(subjects: string, verbs: readonly (readonly [RegExp, T])[]) {
  return verbs.map(
    ([verb, type]) => [new RegExp(`^(?=.*(?:${subjects}))(?=.*(?:${verb.source}))`), type] as const,
  );
}

/** Earmark's type for a topic; for one without meaning that of what the body holds. */
export function typeFor(
  topic: string | undefined,
  holds: { readonly order: boolean; readonly answers: boolean } = { order: false, answers: false },
): EventType {
  const words = (topic ?? '').replace(/(\p{Ll})(\p{Lu})/gu, '$1_$2').toLowerCase();
  const known = MEANINGS.find(([meaning]) => meaning.test(words))?.[1];
  if (known) return known;
  if (topic !== undefined) return 'custom';
  if (holds.answers) return 'form.submitted';
  return holds.order ? 'order.paid' : 'custom';
}
