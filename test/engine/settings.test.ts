import { describe, expect, test } from '@jest/globals';
import { readLocalSettings } from '../../engine/settings.ts';
import { sourceNames } from '../../lib/sources/index.ts';

const REAL = { WIX_API_URL: 'https://www.wixapis.com', WIX_API_KEY: 'key', WIX_SITE_ID: 'site' };
const APP = { WIX_APP_ID: 'app', WIX_APP_SECRET: 'hush', WIX_INSTANCE_ID: 'instance' };

describe('without any setting', () => {
  const settings = readLocalSettings({});

  test('there are development secrets for every source and the simulated Wix', () => {
    expect(settings).toMatchObject({ port: 3000, simulatorPort: 3001 });
    expect(settings.environment).toMatchObject({
      SHOPIFY_WEBHOOK_SECRET: 'dev-shopify-secret',
      STRIPE_WEBHOOK_SECRET: 'whsec_dev-stripe-secret',
      WIX_WEBHOOK_PUBLIC_KEY: expect.stringMatching(/^-----BEGIN PUBLIC KEY-----/),
    });
    expect([...settings.defaults].sort()).toEqual(Object.keys(settings.environment).sort());
    expect(settings.simulatedWix).toEqual({
      apiKey: settings.environment.WIX_API_KEY,
      siteId: settings.environment.WIX_SITE_ID,
    });
  });

  test('what is blank counts as absent', () => {
    const blank = readLocalSettings({ PORT: '', WIX_API_URL: ' ', SHOPIFY_WEBHOOK_SECRET: '' });

    expect(blank.port).toBe(3000);
    expect(blank.simulatedWix).toBeDefined();
    expect(blank.environment.SHOPIFY_WEBHOOK_SECRET).toBe('dev-shopify-secret');
  });
});

describe('a setting of the environment', () => {
  test('wins over the development default, and the simulated Wix expects it', () => {
    const { environment, simulatedWix, signingSecrets, defaults } = readLocalSettings({
      PORT: '4000',
      SHOPIFY_WEBHOOK_SECRET: 'new-shopify-secret,old-shopify-secret',
      WIX_API_KEY: 'my-key',
    });

    expect(environment).toMatchObject({
      SHOPIFY_WEBHOOK_SECRET: 'new-shopify-secret,old-shopify-secret',
      WIX_API_KEY: 'my-key',
    });
    expect(simulatedWix).toMatchObject({ apiKey: 'my-key' });
    expect(signingSecrets.shopify).toBe('new-shopify-secret');
    expect(defaults.has('SHOPIFY_WEBHOOK_SECRET')).toBe(false);
    expect(defaults.has('STRIPE_WEBHOOK_SECRET')).toBe(true);
  });

  test.each([
    ['WIX_REQUESTS_PER_MINUTE', '120'],
    ['WIX_REQUESTS_PER_MINUTE', 'ssm:/earmark/dev/requests'],
    ['WORKER_CONCURRENCY', '4'],
  ])('%s=%s is the worker’s', (name, value) => {
    const { environment, defaults } = readLocalSettings({ [name]: value });

    expect(environment[name]).toBe(value);
    expect(defaults.has(name)).toBe(false);
    expect(readLocalSettings({}).environment).not.toHaveProperty(name);
  });

  test('may name an app instead of an API key', () => {
    const { environment, simulatedWix } = readLocalSettings(APP);

    expect(simulatedWix).toEqual({ app: { id: 'app', secret: 'hush', instanceIds: ['instance'] } });
    expect(environment).not.toHaveProperty('WIX_API_KEY');
  });

  test.each([
    ['WIX_WEBHOOK_PUBLIC_KEY', 'somebody’s public key', 'wix'],
    ['SHOPIFY_WEBHOOK_SECRET', 'ssm:/earmark/dev/shopify', 'shopify'],
    ['STANDARD_WEBHOOK_SECRET', 'whpk_c29tZWJvZHk=', 'standard-webhooks'],
  ] as const)('%s that cannot sign leaves its sample out', (name, value, source) => {
    const { signingSecrets, environment } = readLocalSettings({ [name]: value });

    expect(signingSecrets).not.toHaveProperty(source);
    expect(Object.keys(signingSecrets)).toEqual(sourceNames().filter((one) => one !== source));
    expect(environment[name]).toBe(value);
  });

  test('of AWS is passed on only where Parameter Store is read', () => {
    const aws = { AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 'x', AWS_REGION: 'eu-west-1' };

    expect(readLocalSettings(aws).environment).not.toHaveProperty('AWS_ACCESS_KEY_ID');
    expect(
      readLocalSettings({ ...aws, CUSTOM_WEBHOOK_SECRET: 'ssm:/a' }).environment,
    ).toMatchObject(aws);
  });
});

describe('with WIX_API_URL', () => {
  test('no Wix is simulated, and secrets are nobody’s to know', () => {
    const one = readLocalSettings(REAL);
    const other = readLocalSettings(REAL);

    expect(one).not.toHaveProperty('simulatedWix');
    expect(one.environment).toMatchObject(REAL);
    for (const name of ['SHOPIFY', 'WOOCOMMERCE', 'STRIPE', 'STANDARD', 'CUSTOM']) {
      const secrets = [one, other].map(({ environment }) => environment[`${name}_WEBHOOK_SECRET`]);
      expect(new Set(secrets).size).toBe(2);
      expect(secrets[0]?.length).toBeGreaterThanOrEqual(32);
    }
  });
});

test('what a site of the simulated Wix takes can be set', () => {
  const set = { WIX_SIMULATOR_REQUESTS_PER_MINUTE: '20', WIX_SIMULATOR_LABELS_LIMIT: '3' };

  expect(readLocalSettings(set).simulatedWix).toMatchObject({
    requestsPerMinute: 20,
    labelsQuota: 3,
  });
});

test.each<[string, NodeJS.ProcessEnv, RegExp]>([
  ['a port that is none', { PORT: 'abc' }, /^PORT is "abc"\. Set it to a port number/],
  ['a port out of range', { PORT: '65536' }, /^PORT is "65536"/],
  [
    'no limit of the simulated Wix',
    { WIX_SIMULATOR_REQUESTS_PER_MINUTE: '0' },
    /^WIX_SIMULATOR_REQUESTS_PER_MINUTE is "0"/,
  ],
  [
    'no room for labels in the simulated Wix',
    { WIX_SIMULATOR_LABELS_LIMIT: 'few' },
    /^WIX_SIMULATOR_LABELS_LIMIT is "few"/,
  ],
  ['a negative port', { WIX_SIMULATOR_PORT: '-1' }, /^WIX_SIMULATOR_PORT is "-1"/],
  [
    'an address that is none',
    { ...REAL, WIX_API_URL: 'wix' },
    /^WIX_API_URL is "wix"\. It must be an address/,
  ],
  [
    'requests that are no number',
    { WIX_REQUESTS_PER_MINUTE: 'many' },
    /^WIX_REQUESTS_PER_MINUTE is "many"\. It must be a whole number/,
  ],
  ['no worker', { WORKER_CONCURRENCY: '0' }, /^WORKER_CONCURRENCY is "0"\. It must be a whole/],
  [
    'workers that Parameter Store would know',
    { WORKER_CONCURRENCY: 'ssm:/workers' },
    /^WORKER_CONCURRENCY is ssm:\/workers, and the engine.*Set the number itself/,
  ],
  [
    'a real site without credentials',
    { WIX_API_URL: REAL.WIX_API_URL },
    /WIX_API_KEY, WIX_SITE_ID.* not set\. Set WIX_API_KEY and WIX_SITE_ID, or/,
  ],
  ['half an app', { WIX_APP_ID: 'app' }, /WIX_APP_SECRET, WIX_INSTANCE_ID not set/],
  [
    'a reference for the simulated Wix',
    { WIX_API_KEY: 'ssm:/key' },
    /^WIX_API_KEY is ssm:\/key, which the simulated Wix cannot read.*WIX_API_URL=/,
  ],
])('%s is refused with the remedy', (_, env, message) => {
  expect(() => readLocalSettings(env)).toThrow(message);
});

test('a misspelt setting of a source is kept apart', () => {
  const { unread, environment } = readLocalSettings({
    GUMROD_WEBHOOK_SECRET: 'of-nobody',
    GUMROAD_WEBHOOK_SECRET: 'the-secret-of-gumroad',
    BLANK_WEBHOOK_SECRET: ' ',
  });

  expect(unread).toEqual(['GUMROD_WEBHOOK_SECRET']);
  expect(environment).not.toHaveProperty('GUMROD_WEBHOOK_SECRET');
});

describe('beside the settings of an engine that runs', () => {
  test.each([{}, REAL])('what was made up for it stays', (env) => {
    const before = readLocalSettings(env);

    const after = readLocalSettings(env, before);

    expect(after).toEqual(before);
  });

  test('a setting of one’s own stays, too', () => {
    const env = { WIX_WEBHOOK_PUBLIC_KEY: 'a public key', SHOPIFY_WEBHOOK_SECRET: 'of-the-shop' };
    const before = readLocalSettings(env);

    expect(readLocalSettings(env, before)).toEqual(before);
    expect(before.signingSecrets.wix).toBeUndefined();
  });
});
