import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { CODE_SOURCES, type CodeSourceName, EVENT_TYPES } from '../../lib/events/event.ts';
import { codeSources } from '../../lib/sources/index.ts';
import { draftSample, eventsOf } from '../../samples/samples.ts';
import { FULL_EVENTS } from '../rules/full-events.ts';
import { readOurs } from '../support/read-ours.ts';
import { NOW, rsa } from './fixtures.ts';

const folder = new URL('../../lib/sources/', import.meta.url);

const secretOf = (source: CodeSourceName): string =>
  source === 'wix' ? rsa.privateKey : `whsec_${btoa('a secret of the tests')}`;

/** The text of the files in a source's folder. */
function codeOf(source: CodeSourceName): string {
  const own = new URL(`${source}/`, folder);
  return readdirSync(own)
    .map((file) => readFileSync(new URL(file, own), 'utf8'))
    .join('\n');
}

test.each(CODE_SOURCES)('each event of %s is one that a delivery of it is read as', (source) => {
  const read = eventsOf(source).flatMap((type) => {
    const { draft, sign } = draftSample(source, { now: NOW, type });
    const { headers, body } = sign(draft, secretOf(source));
    const reading = readOurs(codeSources[source], {
      headers,
      body: Buffer.from(body),
      receivedAt: NOW,
    });
    return reading.kind === 'events' ? reading.events.map((event) => event.type) : [];
  });

  expect([...new Set(read)].sort()).toEqual([...eventsOf(source)].sort());
});

test.each(CODE_SOURCES)('%s is never read as another event', (source) => {
  const read = FULL_EVENTS.filter((event) => event.source === source).map(({ type }) => type);

  expect(eventsOf(source)).toEqual(expect.arrayContaining(read));
});

test.each(['shopify', 'woocommerce', 'stripe', 'wix'] as const)(
  'the reader of %s names those events and no others',
  (source) => {
    const named = EVENT_TYPES.filter((type) => codeOf(source).includes(`'${type}'`));

    expect(named).toEqual(eventsOf(source));
  },
);
