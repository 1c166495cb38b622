import { EVENT_TYPES, type EventType } from '../../events/event.ts';
import { isObject } from '../payload/json.ts';
import { canonical, type Fields, plain } from './flat-keys.ts';

/** The keys whose text is the name of what happened. */
const NAMES = ['event', 'type', 'event_type', 'event_name'] as const;
/** Those that are a form's own question as often (`Topic: Clocks`): only what looks like a name of an event counts. */
const PERHAPS = [
  'trigger_event',
  'trigger_type',
  'alert_name',
  'trigger',
  'action',
  'topic',
  'scope',
] as const;

const LIKE_A_NAME = /^[\p{L}\p{N}]+(?:[._/:-][\p{L}\p{N}]+)+$/u;

/** The name of what happened, by the sender. `data.type` of JSON:API is the kind of a resource, and none. */
export function eventName([fields, inner]: readonly Fields[]): string | undefined {
  if (fields === undefined) return undefined;
  const meta = fields.object('meta')?.text('event_name');
  // Jotform writes how a form was filled in (`type=WEB`).
  const isForm = fields.get('form_id', 'submission_id') !== undefined;
  const exact = NAMES.map((key) => plain(fields.source[key])).find(
    (one, n) => one !== undefined && (NAMES[n] !== 'type' || !isForm || looksLikeName(one)),
  );
  const alike = [...NAMES, ...PERHAPS]
    .map((key) => fields.text(key))
    .find((one) => one !== undefined && looksLikeName(one));
  const isResource = isObject(inner?.source.attributes) && isObject(inner?.source.relationships);
  const nested = isResource ? undefined : inner?.text('event', 'type');
  return exact ?? meta ?? alike ?? nested;
}

const looksLikeName = (name: string): boolean =>
  LIKE_A_NAME.test(name) || typeNamed(name) !== undefined || meantType(name) !== undefined;

/** Earmark's type that this is, letter by letter. */
export const typeNamed = (name: string): EventType | undefined =>
  EVENT_TYPES.find((type) => type === name);

/** Names of other vocabularies that are a letter away and mean something else. */
const OTHER_VERBS = new Set(['charged', 'rated', 'paired']);
const MISSPELT: Readonly<Record<string, string>> = {
  payed: 'paid',
  pay: 'paid',
  submission: 'submitted',
};

/** Earmark's type that an almost equal name (`order.cancelled`, `Order Paid`, `form.submit`) means. */
export function meantType(name: string): EventType | undefined {
  const written = canonical(name.slice(0, 100));
  return EVENT_TYPES.find((type) => {
    const [subject = '', verb = ''] = type.split('.').map(canonical);
    if (verb === '' || type === name) return false;
    if (written === subject + verb) return true;
    for (const start of [subject, `${subject}s`]) {
      if (written.startsWith(start) && isVerb(written.slice(start.length), verb)) return true;
    }
    return written.endsWith(verb) && isSlip(written.slice(0, -verb.length), subject);
  });
}

function isVerb(written: string, verb: string): boolean {
  if (written === verb || MISSPELT[written] === verb) return true;
  if (written.length >= 4 && verb.startsWith(written)) return true;
  return !OTHER_VERBS.has(written) && isSlip(written, verb);
}

/** One letter more, less or other, or two that changed places: of words of five letters or so. */
function isSlip(a: string, b: string): boolean {
  if (a === b || Math.max(a.length, b.length) < 5 || Math.abs(a.length - b.length) > 1)
    return false;
  let first = 0;
  while (a[first] === b[first]) first += 1;
  const rest = (text: string, from: number): string => text.slice(first + from);
  return (
    rest(a, 1) === rest(b, 1) ||
    rest(a, 1) === rest(b, 0) ||
    rest(a, 0) === rest(b, 1) ||
    (a[first] === b[first + 1] && a[first + 1] === b[first] && rest(a, 2) === rest(b, 2))
  );
}
