import { EVENT_TYPES, type EventType } from '../../events/event.ts';
import { signedAs } from '../signing/described.ts';
import type { Source } from '../source.ts';
import type { Description } from './description.ts';
import { readDescribed } from './reader.ts';
import { asList } from './values.ts';

/** The setting with the secrets of a described source: `CAL_COM_WEBHOOK_SECRET`. */
export const describedSetting = (name: string): Source['secretSetting'] =>
  `${name.toUpperCase().replaceAll('-', '_') as Uppercase<string>}_WEBHOOK_SECRET`;

/** A source that is a file of data, in the shape of those that are code. */
export const described = (description: Description): Source => ({
  name: description.name,
  secretSetting: describedSetting(description.name),
  ...topicHeaderIn(description),
  sends: typesIn(description),
  ...signedAs(description.signed, headersOf(description.event)),
  read: (delivery) => readDescribed(description, delivery),
});

/** The headers that say which event it is. */
const headersOf = ({ id, topic }: Description['event']): readonly string[] =>
  [...asList(id), ...asList(topic)].flatMap((form) => {
    const header = typeof form === 'string' && HEADER.exec(form)?.[1];
    return header ? [header] : [];
  });

const HEADER = /^header (.+)$/;

/** A part of a refund has a type of its own, which no file names. */
function typesIn({ events }: Description): readonly EventType[] {
  const named = Object.values(events).flatMap((meanings) =>
    asList(meanings).flatMap(({ is }) => asList(is)),
  );
  return EVENT_TYPES.filter(
    (type) =>
      named.includes(type) ||
      (type === 'order.partially_refunded' && named.includes('order.refunded')),
  );
}

function topicHeaderIn({ event }: Description): Pick<Source, 'topicHeader'> {
  const [first] = asList(event.topic);
  const name = typeof first === 'string' ? HEADER.exec(first)?.[1] : undefined;
  return name === undefined ? {} : { topicHeader: name };
}
