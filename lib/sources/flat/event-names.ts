import { EVENT_TYPES, type EventType } from '../../events/event.ts';
import { firstOf, isObject } from '../payload/access.ts';
import { canonical, type FlatFields, plain } from './flat-keys.ts';

/** The keys whose text is the name of what happened. */
const NAMES = ['event', 'type', 'event_type', 'event_name'];
/** These are as often a form's own question (`Topic: Clocks`), and count only with what looks like an event's name. */
const PERHAPS = 'trigger_event trigger_type alert_name trigger action topic scope'.split(' ');

const LIKE_A_NAME = /^[\p{L}\p{N}]+(?:[._/:-][\p{L}\p{N}]+)+$/u;

/** The sender's name of what happened. `data.type` of JSON:API is the kind of a resource, and no name. */
export function eventName([fields, inner]: readonly FlatFields[]): string | undefined {
  if (fields === undefined) return undefined;
  const meta = fields.object('meta')?.text('event_name');
  // Jotform writes how a form was filled in (`type=WEB`).
  const isForm = fields.get('form_id', 'submission_id') !== undefined;
  const exact = firstOf(NAMES, (key) => {
    const one = plain(fields.source[key]);
    return one === undefined || (isForm && key === 'type' && !looksLikeName(one)) ? undefined : one;
  });
  const alike = [...NAMES, ...PERHAPS]
    .map((key) => fields.text(key))
    .find((one) => one !== undefined && looksLikeName(one));
  const isResource = isObject(inner?.source.attributes) && isObject(inner?.source.relationships);
  const nested = isResource ? undefined : inner?.text('event', 'type');
  return exact ?? meta ?? alike ?? nested;
}

const looksLikeName = (name: string): boolean =>
  LIKE_A_NAME.test(name) || typeNamed(name) !== undefined || meantType(name) !== undefined;

/** The type of Earmark's with exactly this name. */
export const typeNamed = (name: string): EventType | undefined =>
  EVENT_TYPES.find((type) => type === name);

/** Words of other vocabularies that are one letter away and mean something else. */
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

/** Whether one letter is too many, missing, wrong, or in its neighbour's place, in words of five letters or more. */
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
