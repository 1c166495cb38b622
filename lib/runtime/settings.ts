/** Every setting, with what it is for: the text an error shows when one is missing or malformed. */
const PURPOSE = {
  QUEUE_URL: 'the URL of the jobs queue (an SQS FIFO queue)',
  DEAD_LETTER_QUEUE_URL: 'the URL of the dead-letter queue (an SQS FIFO queue)',
  WIX_API_URL: 'where the Wix REST API is (default https://www.wixapis.com)',
  WIX_REQUESTS_PER_MINUTE:
    'how many requests all workers together may make to one site in any 60 seconds (default 180)',
  WORKER_CONCURRENCY: 'how many workers run at once and share the requests to a site (default 2)',
  WIX_API_KEY:
    'an API key of the Wix account, with "Manage Contacts" and "Manage Contact Labels", and "Read Members" for member ids',
  WIX_SITE_ID: 'the id of the Wix site, found in its dashboard address after /dashboard/',
  WIX_APP_ID: 'the id of your Wix app',
  WIX_APP_SECRET: 'the secret key of your Wix app',
  WIX_INSTANCE_ID: 'the id under which the site has your Wix app installed',
  SHOPIFY_WEBHOOK_SECRET: 'the secret Shopify signs webhooks with',
  WOOCOMMERCE_WEBHOOK_SECRET: 'the secret of the WooCommerce webhook',
  STRIPE_WEBHOOK_SECRET: 'the signing secret of the Stripe endpoint (whsec_…)',
  STANDARD_WEBHOOK_SECRET: 'the Standard Webhooks or Svix secret (whsec_… or whpk_…)',
  CUSTOM_WEBHOOK_SECRET: 'a long random token that your automation sends',
  WIX_WEBHOOK_PUBLIC_KEY: 'the public key of your Wix app, from its Webhooks page (PEM or base64)',
} as const;

type FixedName = keyof typeof PURPOSE;
/** The settings that there always are. */
export const SETTING_NAMES = Object.keys(PURPOSE) as readonly FixedName[];

/** Any setting: besides, each source that is described in a file has one of this pattern. */
export type SettingName = FixedName | `${Uppercase<string>}_WEBHOOK_SECRET`;

const purposeOf = (name: SettingName): string =>
  (PURPOSE as Partial<Record<SettingName, string>>)[name] ?? "the secret of that source's webhooks";

/** Setting values after `ssm:` references were read. A name that is absent is not set. */
export type SettingValues = ReadonlyMap<SettingName, string>;

/** Reads parameters by path from Parameter Store, decrypted. Paths that do not exist are left out. */
export type ReadParameters = (paths: readonly string[]) => Promise<ReadonlyMap<string, string>>;

/** Thrown when settings are missing or malformed; the message lists each with what to do. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`Earmark cannot start with these settings:\n${problems.map((p) => `  ${p}`).join('\n')}`);
    this.problems = problems;
  }
}

/** What to say about a setting that is needed and not there. */
export function notSet(name: SettingName, env: NodeJS.ProcessEnv = {}): string {
  const path = parameterPath(env[name]);
  return path === undefined
    ? `${name} is not set. Set it to ${purposeOf(name)}.`
    : `${name} names ${path}, which is not in Parameter Store. Create it: ` +
        `aws ssm put-parameter --type SecureString --name ${path} --value "…" (${purposeOf(name)}).`;
}

/** The value of a setting without blanks around it, which may be a part of a sender's secret; '' for none. */
export function givenValue(name: SettingName, written = ''): string {
  const value = written.trim();
  const keepsBlanks = name.endsWith('_WEBHOOK_SECRET') && !value.startsWith('ssm:');
  return keepsBlanks && value !== '' ? written : value;
}

const parameterPath = (value: string | undefined): string | undefined =>
  value?.startsWith('ssm:') ? value.slice('ssm:'.length) : undefined;

/**
 * Takes the named settings from the environment, and every `ssm:/path` value from Parameter Store in one go.
 * Blank values and parameters that do not exist count as not set.
 * @throws SettingsError for an `ssm:` value without a path, and when Parameter Store does not answer
 */
export async function resolveSettings(
  env: NodeJS.ProcessEnv,
  names: readonly SettingName[],
  readParameters: ReadParameters,
): Promise<SettingValues> {
  const paths = new Map<SettingName, string>();
  const values = new Map<SettingName, string>();
  for (const name of names) {
    const value = givenValue(name, env[name]);
    if (!value) continue;
    const path = parameterPath(value);
    if (path === undefined) values.set(name, value);
    else paths.set(name, path);
  }
  const malformed = [...paths].filter(([, path]) => !/^\/[\w.\-/]+$/.test(path));
  if (malformed.length > 0) {
    throw new SettingsError(
      malformed.map(([name, path]) => `${name} is "ssm:${path}". Write ssm:/path/of/parameter.`),
    );
  }
  if (paths.size === 0) return values;
  const parameters = await readParameters([...new Set(paths.values())]).catch((error: unknown) => {
    const why = error instanceof Error ? error.name : typeof error;
    const list = [...paths].map(([name, path]) => `${name} (${path})`).join(', ');
    throw new SettingsError([
      `Parameter Store did not give ${list}: ${why}. ` +
        'Check the region, the network, and that ssm:GetParameters is allowed on them.',
    ]);
  });
  for (const [name, path] of paths) {
    const value = givenValue(name, parameters.get(path));
    if (value) values.set(name, value);
  }
  return values;
}

/**
 * The site that the settings name, as jobs name it: its id, or that of the app's instance. Undefined where neither is set.
 * A Wix event may be about another site of the same app.
 */
export const siteIn = (values: Pick<SettingValues, 'get'>): string | undefined =>
  values.get('WIX_SITE_ID') ?? values.get('WIX_INSTANCE_ID');

const ADDRESS = /^https?:\/\/[^\s/]/;
/** A number holds up to 15 digits exactly. */
const WHOLE_NUMBER = /^(?!0+$)\d{1,15}$/;

/** What to say of settings that must be web addresses or whole numbers and are not. */
export function malformed(values: SettingValues): string[] {
  const problems = (names: readonly SettingName[], pattern: RegExp, mustBe: string): string[] =>
    names
      .filter((name) => values.has(name) && !pattern.test(values.get(name) ?? ''))
      .map((name) => `${name} is "${values.get(name)}". It must be ${mustBe}: ${purposeOf(name)}.`);
  const addresses = ['QUEUE_URL', 'DEAD_LETTER_QUEUE_URL', 'WIX_API_URL'] as const;
  const numbers = ['WIX_REQUESTS_PER_MINUTE', 'WORKER_CONCURRENCY'] as const;
  return [
    ...problems(addresses, ADDRESS, 'an address that begins with https://'),
    ...problems(numbers, WHOLE_NUMBER, 'a whole number from 1 up, in digits alone'),
  ];
}

export type SettingsCheck = ReturnType<typeof checkSettings>;

/** Checks settings: what is missing or malformed adds up in `problems`. */
export function checkSettings(values: SettingValues, env: NodeJS.ProcessEnv) {
  const problems = malformed(values);
  return {
    problems,
    /** The value; '' and a problem when it is not set. */
    needed(name: SettingName): string {
      const value = values.get(name);
      if (!value) problems.push(notSet(name, env));
      return value ?? '';
    },
    /** The number, or `fallback` when it is not set; NaN when it is malformed. */
    whole(name: SettingName, fallback: number): number {
      const value = values.get(name) ?? String(fallback);
      return WHOLE_NUMBER.test(value) ? Number(value) : Number.NaN;
    },
  };
}
