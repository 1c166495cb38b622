import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { CODE_SOURCES } from '../../lib/events/event.ts';
import { asVerified } from '../../lib/sources/as-verified.ts';
import { codeSources } from '../../lib/sources/index.ts';
import { sampleDelivery } from '../../samples/samples.ts';
import { NOW, rsa } from './fixtures.ts';

// Not one text: knip takes what a glob matches for used.
const patterns = ['functions', 'lib'].map((folder) => `${folder}/**/*.ts`);
const production = await Array.fromAsync(glob(patterns), (path) => ({
  path: path.replaceAll('\\', '/'),
  text: readFileSync(path, 'utf8'),
}));
const filesWith = (pattern: RegExp): readonly string[] =>
  production
    .filter(({ text }) => pattern.test(text))
    .map(({ path }) => path)
    .sort();

test('nothing of functions and lib takes a delivery for verified that was not', () => {
  expect(production.length).toBeGreaterThan(100);
  // Samples of a source's file are ours; they are read when the file is checked, before anything is deployed.
  // How well a file fits a body is worked out on the command line alone.
  expect(filesWith(/as-verified\.ts'/)).toEqual([
    'lib/sources/authoring/check-samples.ts',
    'lib/sources/authoring/match.ts',
  ]);
});

test('nobody else makes a verified delivery', () => {
  expect(filesWith(/\bas (?:unknown as )?Verified\b/)).toEqual([
    'lib/sources/as-verified.ts',
    'lib/sources/signing/verify.ts',
  ]);
});

test.each(CODE_SOURCES)('%s: what is verified reads as the same delivery of ours', (name) => {
  const source = codeSources[name];
  const secret = `whsec_${btoa('a secret of the tests')}`;
  const [signs, checks] = name === 'wix' ? [rsa.privateKey, rsa.publicKey] : [secret, secret];
  const { headers, body } = sampleDelivery(name, { secret: signs, now: NOW });
  const delivery = { headers, body: Buffer.from(body), receivedAt: NOW };

  const verdict = source.verify(delivery, [checks]);

  const reading = verdict.ok && source.read(verdict.verified);
  expect(reading).toMatchObject({ kind: 'events' });
  expect(reading).toEqual(source.read(asVerified(source, delivery)));
});
