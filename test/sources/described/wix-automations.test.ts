import { expect, test } from '@jest/globals';
import { EVENT_TYPES } from '../../../lib/events/event.ts';
import { loadedSource } from '../../../lib/sources/authoring/files.ts';

/** A body that the user customizes names what happens by one of Earmark's types: its topic is its type. */
test.each(EVENT_TYPES.filter((type) => type !== 'custom'))('`event` may be %s', (type) => {
  const events = loadedSource('wix-automations')?.file.events;

  expect(events?.[type]).toMatchObject({ is: type });
});
