import { expect, test } from '@jest/globals';
import { readLocalSettings } from '../../engine/settings.ts';
import { shownSources } from '../../engine/shown-sources.ts';
import { CODE_SOURCES } from '../../lib/events/event.ts';

test('shown are those in code, those whose secret the user set, and those that a rule names', () => {
  const rules = [{ name: 'r', on: ['order.paid'] as const, sources: ['polar', 'shopify'] }];
  const settings = readLocalSettings({ GUMROAD_WEBHOOK_SECRET: 'the-secret-of-gumroad' });

  expect(shownSources({ missing: 'wait', rules }, settings)).toEqual([
    ...CODE_SOURCES,
    'gumroad',
    'polar',
  ]);
});
