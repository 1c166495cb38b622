import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { EVENT_TYPES } from '../../lib/events/event.ts';
import { loadSource } from '../../lib/sources/authoring/load.ts';
import { ourSources } from '../../scripts/generated/sources.ts';

const page = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

test('the example of docs/sources.md is a sound file', () => {
  const [, example = ''] =
    /```yaml\n(# yaml-language-server.*?)```/s.exec(page('docs/sources.md')) ?? [];

  const { description } = loadSource(example, 'bookshelf', 'docs/sources.md');

  expect(EVENT_TYPES).toContain([description.events['sale.refunded']].flat()[0]?.is);
});

test('README.md counts the described senders rightly', () => {
  const [, count] = /more than (\d+) senders/.exec(page('README.md')) ?? [];

  expect(ourSources().length).toBeGreaterThan(Number(count));
});
