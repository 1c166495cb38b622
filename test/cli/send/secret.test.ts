import { describe, expect, test } from '@jest/globals';
import { secretFor } from '../../../cli/commands/send/secret.ts';
import { buyerOf } from '../../../cli/commands/send/send-plan.ts';
import type { Target } from '../../../cli/kit/target.ts';
import type { CodeSourceName } from '../../../lib/events/event.ts';
import { codeSources } from '../../../lib/sources/index.ts';

/** A stage that knows so much of a source's secret. */
function stage(source: CodeSourceName, setting?: string, secret?: string): Target {
  const { secretSetting } = codeSources[source];
  return {
    name: 'stage prod in eu-west-1',
    settings: async () => new Map(setting ? [[secretSetting, setting]] : []),
    signingSecret: async () => secret,
  } as unknown as Target;
}

describe('what a delivery is signed with', () => {
  test('is what the target knows, unless the command line says another', async () => {
    const target = stage('shopify', 'known', 'known');

    expect(await secretFor('shopify', {}, target)).toBe('known');
    expect(await secretFor('shopify', { secret: 'mine' }, target)).toBe('mine');
  });

  test.each<[string, CodeSourceName, Target, readonly string[]]>([
    [
      'Wix alone signs for Wix',
      'wix',
      stage('wix', 'a public key'),
      ['public half', '--private-key key.pem', 'WIX_WEBHOOK_PUBLIC_KEY'],
    ],
    [
      'a public key signs nothing',
      'standard-webhooks',
      stage('standard-webhooks', 'whpk_abc', 'whpk_abc'),
      ['STANDARD_WEBHOOK_SECRET is a public key (whpk_)', 'whsec_', '--secret'],
    ],
    [
      'a source without a secret is closed',
      'shopify',
      stage('shopify'),
      ['SHOPIFY_WEBHOOK_SECRET is not set at stage prod in eu-west-1', 'docs/deploy.md'],
    ],
    [
      'the engine reads its settings when it starts',
      'shopify',
      { ...stage('shopify'), name: 'the local engine', kind: 'engine' },
      ['not set at the local engine', '.env', 'Start it again'],
    ],
    [
      'a reference is not the secret',
      'custom',
      stage('custom', 'ssm:/path'),
      ['CUSTOM_WEBHOOK_SECRET is not known here', '--secret'],
    ],
  ])('%s: the error says what to do', async (_, source, target, texts) => {
    const failure = await secretFor(source, {}, target).catch((error) => error);

    expect(failure).toMatchObject({ name: 'CliFailure', exitCode: 1 });
    for (const text of texts) expect(failure.message).toContain(text);
  });
});

describe('who an event is about', () => {
  test('must be said where contacts are real', () => {
    expect(() => buyerOf({ source: 'shopify', type: 'order.paid' }, {}, true)).toThrow(
      'Say who it is about, with --email',
    );
    expect(buyerOf({ source: 'shopify', type: 'order.paid' }, {}, false).email).toBe(
      'ada@example.com',
    );
  });

  test('is that person and nobody of the samples', () => {
    const contactId = '11111111-2222-4333-8444-555555555555';

    expect(buyerOf({ source: 'wix', type: 'order.paid' }, { contactId }, true)).toMatchObject({
      contactId,
      email: '',
      phone: '',
    });
    expect(
      buyerOf({ source: 'stripe', type: 'order.paid' }, { email: 'kim@example.com' }, true),
    ).toMatchObject({
      email: 'kim@example.com',
      phone: '',
    });
  });
});
