import type { Description } from '../../lib/sources/described/description.ts';

/** What a file says of a section where a topic comes: in each of its meanings, then at the top. */
export function formsOf<K extends 'order' | 'subscription'>(
  description: Description,
  topic: string,
  section: K,
): readonly NonNullable<Description[K]>[] {
  const { events } = description;
  const meanings = Object.hasOwn(events, topic) ? [events[topic]].flat() : [];
  return [...meanings.map((meaning) => meaning?.[section]), description[section]].filter(
    (one) => one !== undefined,
  );
}
