import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { readLabelSettings } from '../../lib/labelling/settings.ts';
import { readReceiveSettings } from '../../lib/receiving/settings.ts';
import { memoizeAsync } from '../../lib/runtime/concurrency.ts';
import {
  notSet,
  resolveSettings,
  SETTING_NAMES,
  type SettingName,
  SettingsError,
  siteIn,
} from '../../lib/runtime/settings.ts';
import { describedNames } from '../../lib/sources/described/table.ts';
import { codeSources, secretSettingOf } from '../../lib/sources/index.ts';
import { STORE_SETTING_NAMES } from '../../lib/store/settings.ts';
import { type CapturedLog, captureLog } from '../support/log.ts';

const nothingStored = async (): Promise<ReadonlyMap<string, string>> => new Map();

const QUEUES = {
  QUEUE_URL: 'https://sqs/jobs.fifo',
  DEAD_LETTER_QUEUE_URL: 'https://sqs/dead.fifo',
};
const KEY = { WIX_API_KEY: 'a-key', WIX_SITE_ID: 'a-site' };
const APP = { WIX_APP_ID: 'an-app', WIX_APP_SECRET: 'its-secret', WIX_INSTANCE_ID: 'an-instance' };

let log: CapturedLog;
beforeEach(() => {
  log = captureLog();
});
afterEach(() => {
  jest.restoreAllMocks();
});

test('the secret of a described source is a setting like the others', async () => {
  const SSM = { POLAR_WEBHOOK_SECRET: 'ssm:/earmark/dev/POLAR_WEBHOOK_SECRET' };
  const names = ['CAL_COM_WEBHOOK_SECRET', 'POLAR_WEBHOOK_SECRET'] as const;
  const values = await resolveSettings(
    { ...SSM, CAL_COM_WEBHOOK_SECRET: ' a b ' },
    names,
    async (paths) => new Map(paths.map((path) => [path, 'stored'])),
  );
  expect([...values]).toEqual([
    ['CAL_COM_WEBHOOK_SECRET', ' a b '],
    ['POLAR_WEBHOOK_SECRET', 'stored'],
  ]);
  expect(notSet('POLAR_WEBHOOK_SECRET')).toBe(
    "POLAR_WEBHOOK_SECRET is not set. Set it to the secret of that source's webhooks.",
  );
  expect(notSet('POLAR_WEBHOOK_SECRET', SSM)).toContain('--name /earmark/dev/POLAR_WEBHOOK_SECRET');
});

test('.env.example names every setting, each commented out', () => {
  const lines = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8').split('\n');
  const named = lines.flatMap((line) => /^#\s?([A-Z0-9_]+)=/.exec(line)?.[1] ?? []);
  expect(named.toSorted()).toEqual(
    [
      ...SETTING_NAMES,
      ...STORE_SETTING_NAMES,
      ...describedNames().map(secretSettingOf),
      'PORT',
      'TUNNEL_HOST',
      'WIX_SIMULATOR_PORT',
      'WIX_SIMULATOR_REQUESTS_PER_MINUTE',
      'WIX_SIMULATOR_LABELS_LIMIT',
      'AWS_ENDPOINT_URL_SQS',
      'AWS_ENDPOINT_URL_DYNAMODB',
    ].toSorted(),
  );
  expect(lines.filter((line) => line !== '' && !line.startsWith('#'))).toEqual([]);
});

test.each([
  ['a site', { WIX_SITE_ID: 's', WIX_INSTANCE_ID: 'i' }, 's'],
  ['an app alone', { WIX_INSTANCE_ID: 'i' }, 'i'],
  ['neither', { WIX_API_KEY: 'k' }, undefined],
])('the site of settings that name %s', (_, values, site) => {
  expect(siteIn(new Map(Object.entries(values) as [SettingName, string][]))).toBe(site);
});

describe('values', () => {
  test('blank is not set; blanks around a value are dropped', async () => {
    const values = await resolveSettings(
      { WIX_API_KEY: '  ', WIX_SITE_ID: ' a-site\n' },
      ['WIX_API_KEY', 'WIX_SITE_ID'],
      nothingStored,
    );
    expect([...values]).toEqual([['WIX_SITE_ID', 'a-site']]);
  });

  test('ssm: values are read together, once, and one that is not there is not set', async () => {
    const asked: (readonly string[])[] = [];
    const values = await resolveSettings(
      { WIX_API_KEY: 'ssm:/a/key', WIX_SITE_ID: 'ssm:/a/site', WIX_APP_ID: 'plain' },
      ['WIX_API_KEY', 'WIX_SITE_ID', 'WIX_APP_ID'],
      async (paths) => {
        asked.push(paths);
        return new Map([['/a/key', 'the key']]);
      },
    );
    expect(asked).toEqual([['/a/key', '/a/site']]);
    expect(Object.fromEntries(values)).toEqual({ WIX_API_KEY: 'the key', WIX_APP_ID: 'plain' });
  });

  test('Parameter Store that does not answer is reported, with what was asked of it', async () => {
    const refuse = async (): Promise<never> => {
      throw Object.assign(new Error('User: arn:… is not authorized'), { name: 'AccessDenied' });
    };
    await expect(
      resolveSettings({ WIX_API_KEY: 'ssm:/a/key' }, ['WIX_API_KEY'], refuse),
    ).rejects.toThrow(/did not give WIX_API_KEY \(\/a\/key\): AccessDenied.*ssm:GetParameters/);
  });

  test('without ssm: values Parameter Store is not asked', async () => {
    const refuse = async (): Promise<never> => {
      throw new Error('asked');
    };
    await expect(resolveSettings(KEY, ['WIX_API_KEY'], refuse)).resolves.toBeInstanceOf(Map);
  });
});

/** What is said of settings that are refused. */
async function problemsOf(reading: Promise<unknown>): Promise<readonly string[]> {
  const error = await reading.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(SettingsError);
  return error instanceof SettingsError ? error.problems : [];
}

describe('the worker', () => {
  const read = (env: NodeJS.ProcessEnv) => readLabelSettings({ ...QUEUES, ...env }, nothingStored);

  test.each([
    ['an API key', KEY, { kind: 'api-key', apiKey: 'a-key' }],
    ['an app', APP, { kind: 'app', appId: 'an-app', appSecret: 'its-secret' }],
    [
      'an API key beside the instance of the webhooks',
      { ...KEY, WIX_INSTANCE_ID: 'i' },
      { kind: 'api-key', apiKey: 'a-key' },
    ],
  ])('with %s', async (_name, env, credentials) => {
    expect(await read(env)).toMatchObject({ credentials, wixApiUrl: 'https://www.wixapis.com' });
  });

  test.each([
    ['no credentials', {}, /no Wix credentials.*WIX_API_KEY and WIX_SITE_ID, or WIX_APP_ID/],
    ['both kinds', { ...KEY, ...APP }, /WIX_API_KEY and WIX_APP_SECRET are both set.*Keep one/],
    ['a key without its site', { WIX_API_KEY: 'k' }, /WIX_SITE_ID is not set.*dashboard/],
    ['an app without its id', { ...APP, WIX_APP_ID: '' }, /WIX_APP_ID is not set/],
    ['no queue', { ...KEY, QUEUE_URL: '' }, /QUEUE_URL is not set.*SQS FIFO/],
    ['an address that is none', { ...KEY, WIX_API_URL: 'wix' }, /WIX_API_URL is "wix".*https:/],
    ['a queue name for its URL', { ...KEY, QUEUE_URL: 'jobs' }, /QUEUE_URL is "jobs".*https:/],
    [
      'a quote pasted along',
      { ...KEY, WIX_API_KEY: '“a-key”' },
      /WIX_API_KEY holds.*Copy it again/,
    ],
    ['a site beside an app', { ...APP, WIX_SITE_ID: 's' }, /WIX_SITE_ID goes with an API key/],
    ['a parameter that is not there', { ...KEY, WIX_API_KEY: 'ssm:/x/key' }, /credentials/],
    [
      'an ssm: without a path',
      { ...KEY, WIX_API_KEY: 'ssm:key' },
      /WIX_API_KEY is "ssm:key".*ssm:\//,
    ],
    [
      'a needed parameter that is not there',
      { ...KEY, WIX_SITE_ID: 'ssm:/x/site' },
      /\/x\/site, which is not in Parameter Store.*aws ssm put-parameter .*--name \/x\/site/,
    ],
  ])('%s: an error that names it and the remedy', async (_name, env, message) => {
    await expect(read(env)).rejects.toThrow(message);
  });

  test.each([
    ['without either', {}, { requestsPerMinute: 180, workers: 2 }],
    [
      'with both',
      { WIX_REQUESTS_PER_MINUTE: ' 60 ', WORKER_CONCURRENCY: '010' },
      { requestsPerMinute: 60, workers: 10 },
    ],
    [
      'with one request a minute for each',
      { WIX_REQUESTS_PER_MINUTE: '3', WORKER_CONCURRENCY: '3' },
      { requestsPerMinute: 3, workers: 3 },
    ],
  ])('a site’s requests and how many share them, %s', async (_name, env, budget) => {
    expect(await read({ ...KEY, ...env })).toMatchObject(budget);
  });

  test('a site’s requests may be a parameter', async () => {
    const env = { ...QUEUES, ...KEY, WIX_REQUESTS_PER_MINUTE: 'ssm:/x/requests' };
    const stored = async () => new Map([['/x/requests', '90']]);
    expect(await readLabelSettings(env, stored)).toMatchObject({ requestsPerMinute: 90 });
  });

  test.each(
    ['WIX_REQUESTS_PER_MINUTE', 'WORKER_CONCURRENCY'].flatMap((name) =>
      ['0', '000', '-1', '1.5', '1e3', '200/min', '1234567890123456'].map((value) => [name, value]),
    ),
  )('%s that is "%s" is shown, with what to write', async (name = '', value = '') => {
    const reading = read({ ...KEY, [name]: value });
    const [problem, ...more] = await problemsOf(reading);
    expect(more).toEqual([]);
    expect(problem).toMatch(
      new RegExp(`^${name} is "${value}"\\. It must be a whole number from 1 up, .*requests`),
    );
  });

  test('fewer requests than workers: an error that shows both and the least', async () => {
    const reading = read({ ...KEY, WIX_REQUESTS_PER_MINUTE: '2', WORKER_CONCURRENCY: '3' });
    expect(await problemsOf(reading)).toEqual([
      'WIX_REQUESTS_PER_MINUTE is 2, shared by WORKER_CONCURRENCY 3: less than one request a minute ' +
        'for each worker. Set it to 3 at least, or run fewer workers.',
    ]);
  });

  test('several problems are reported at once', async () => {
    const reading = readLabelSettings({ WIX_API_KEY: 'k' }, nothingStored);
    await expect(reading).rejects.toMatchObject({ problems: { length: 3 } });
  });
});

describe('the receiver', () => {
  const { shopify, stripe, custom, woocommerce } = codeSources;
  const NEW = 'the-new-secret-of-shopify';
  const OLD = 'the-old-secret-of-shopify';
  const read = (env: NodeJS.ProcessEnv) =>
    readReceiveSettings({ ...QUEUES, ...env }, nothingStored);
  const eventOf = (site?: string) =>
    ({ site }) as Parameters<Awaited<ReturnType<typeof read>>['siteOf']>[0];

  test('secrets are lists; a source without one has none', async () => {
    const env = { ...KEY, SHOPIFY_WEBHOOK_SECRET: `${NEW}, ${OLD} ,,`, STRIPE_WEBHOOK_SECRET: ' ' };
    const { secrets } = await read(env);
    expect(await secrets(shopify)).toEqual([`${NEW}, ${OLD} ,,`, NEW, ` ${OLD} `, OLD]);
    expect(log.text()).toBe('');
    expect(await secrets(stripe)).toEqual([]);
  });

  test.each([
    ['STANDARD_WEBHOOK_SECRET', 'whsec_not base64!', /whsec_ and base64/],
    ['STANDARD_WEBHOOK_SECRET', 'whpk_AAAA', /ed25519/],
    ['WIX_WEBHOOK_PUBLIC_KEY', 'no key', /RSA public key.*PEM/],
  ])(
    'a malformed %s is reported with what to give, and never shown',
    async (setting, value, remedy) => {
      await read({ ...KEY, [setting]: value });
      const [line, ...more] = log.lines();
      expect(more).toEqual([]);
      expect(line).toMatchObject({ level: 'error', message: 'secret-malformed', setting });
      expect(line?.problem).toMatch(remedy);
      expect(log.text()).not.toContain(value);
    },
  );

  test('a short part is reported and opens nothing; a short secret works, and is reported as weak', async () => {
    const env = { SHOPIFY_WEBHOOK_SECRET: `${NEW},hush`, CUSTOM_WEBHOOK_SECRET: 'a token' };
    const { secrets } = await read({ ...KEY, ...env });
    expect(await secrets(shopify)).toEqual([`${NEW},hush`, NEW]);
    expect(await secrets(custom)).toEqual(['a token']);
    expect(log.lines()).toMatchObject([
      { level: 'error', message: 'secret-malformed', setting: 'SHOPIFY_WEBHOOK_SECRET' },
      { level: 'warn', message: 'secret-weak', setting: 'CUSTOM_WEBHOOK_SECRET' },
    ]);
    expect(log.text()).not.toMatch(/hush|a token/);
  });

  test('blanks at the ends of a secret may be its own, from Parameter Store too', async () => {
    const stored = new Map([['/woo', ' with blanks at both ends ']]);
    const env = {
      CUSTOM_WEBHOOK_SECRET: ' its own blanks, too ',
      WOOCOMMERCE_WEBHOOK_SECRET: ' ssm:/woo ',
    };
    const { secrets } = await readReceiveSettings(
      { ...QUEUES, ...KEY, ...env },
      async () => stored,
    );
    expect(await secrets(woocommerce)).toEqual([
      ' with blanks at both ends ',
      'with blanks at both ends',
    ]);
    expect((await secrets(custom))[0]).toBe(' its own blanks, too ');
  });

  test('neither site nor instance: an error that names both', async () => {
    await expect(read({})).rejects.toThrow(/WIX_SITE_ID is not set.*WIX_INSTANCE_ID is not set/);
  });

  test.each([
    ['an API key: all is for its site', { WIX_SITE_ID: 's' }, undefined, 's'],
    ['an API key, a Wix event of any instance', { WIX_SITE_ID: 's' }, 'i2', 's'],
    [
      'an API key, the instance known, an event of it',
      { WIX_SITE_ID: 's', WIX_INSTANCE_ID: 'i' },
      'i',
      's',
    ],
    ['an event of another', { WIX_SITE_ID: 's', WIX_INSTANCE_ID: 'i' }, 'i2', undefined],
    ['an app: a Wix event is for where it came from', { WIX_INSTANCE_ID: 'i' }, 'i2', 'i2'],
    ['an app: others are for its instance', { WIX_INSTANCE_ID: 'i' }, undefined, 'i'],
  ])('%s', async (_name, env, from, site) => {
    const { siteOf } = await read(env);
    expect(siteOf(eventOf(from))).toBe(site);
  });
});

test('a start that failed is tried again; one that came through is kept', async () => {
  let calls = 0;
  const start = memoizeAsync(async () => {
    calls += 1;
    if (calls === 1) throw new Error('not yet');
    return calls;
  });
  await expect(start()).rejects.toThrow('not yet');
  expect(await Promise.all([start(), start()])).toEqual([2, 2]);
  expect(await start()).toBe(2);
});
