import {
  checkSettings,
  type ReadParameters,
  resolveSettings,
  type SettingName,
  type SettingsCheck,
  SettingsError,
  type SettingValues,
} from '../runtime/settings.ts';
import type { Credentials } from '../wix/calls/auth.ts';

/** The secrets of the webhooks are not among them: the worker is not to know them. */
const NAMES = [
  'QUEUE_URL',
  'DEAD_LETTER_QUEUE_URL',
  'WIX_API_URL',
  'WIX_REQUESTS_PER_MINUTE',
  'WORKER_CONCURRENCY',
  'WIX_API_KEY',
  'WIX_SITE_ID',
  'WIX_APP_ID',
  'WIX_APP_SECRET',
  'WIX_INSTANCE_ID',
] as const satisfies readonly SettingName[];

const DEFAULT_WIX_API_URL = 'https://www.wixapis.com';
/** A tenth below the about 200 a minute that Wix gives a site (see `docs/limits.md`). */
export const DEFAULT_REQUESTS_PER_MINUTE = 180;
/** The least that SQS allows. */
const DEFAULT_WORKERS = 2;

/** What the worker needs to know. */
export type LabelSettings = Awaited<ReturnType<typeof readLabelSettings>>;

/** Reads the worker's settings. @throws SettingsError naming every one that is missing or malformed */
export async function readLabelSettings(env: NodeJS.ProcessEnv, readParameters: ReadParameters) {
  const values = await resolveSettings(env, NAMES, readParameters);
  const check = checkSettings(values, env);
  const { problems, needed } = check;
  const queueUrl = needed('QUEUE_URL');
  const deadLetterQueueUrl = needed('DEAD_LETTER_QUEUE_URL');
  const wixApiUrl = values.get('WIX_API_URL') ?? DEFAULT_WIX_API_URL;
  const budget = readBudget(check);
  problems.push(...headerProblems(values));
  const credentials = readCredentials(values, check);
  if (problems.length > 0 || !credentials) throw new SettingsError(problems);
  return { queueUrl, deadLetterQueueUrl, wixApiUrl, credentials, ...budget };
}

/** What all workers together may ask of one site in any 60 seconds, and how many share that. */
function readBudget({ problems, whole }: SettingsCheck) {
  const requestsPerMinute = whole('WIX_REQUESTS_PER_MINUTE', DEFAULT_REQUESTS_PER_MINUTE);
  const workers = whole('WORKER_CONCURRENCY', DEFAULT_WORKERS);
  if (requestsPerMinute < workers) {
    problems.push(
      `WIX_REQUESTS_PER_MINUTE is ${requestsPerMinute}, shared by WORKER_CONCURRENCY ${workers}: ` +
        `less than one request a minute for each worker. Set it to ${workers} at least, or run fewer workers.`,
    );
  }
  return { requestsPerMinute, workers };
}

/** What goes into an HTTP header must be plain: a quote or blank pasted along would fail every call. */
function headerProblems(values: SettingValues): string[] {
  const inHeaders = ['WIX_API_KEY', 'WIX_SITE_ID'] as const;
  return inHeaders
    .filter((name) => !/^[\x21-\x7e]*$/.test(values.get(name) ?? ''))
    .map((name) => `${name} holds a blank or a character beyond ASCII. Copy it again, alone.`);
}

function readCredentials(
  values: SettingValues,
  { problems, needed }: SettingsCheck,
): Credentials | undefined {
  const withKey = values.has('WIX_API_KEY');
  if (withKey === values.has('WIX_APP_SECRET')) {
    problems.push(
      withKey
        ? 'WIX_API_KEY and WIX_APP_SECRET are both set. Keep one: an API key or an app.'
        : 'There are no Wix credentials. Set WIX_API_KEY and WIX_SITE_ID, or WIX_APP_ID, WIX_APP_SECRET ' +
            'and WIX_INSTANCE_ID.',
    );
    return undefined;
  }
  if (withKey) {
    needed('WIX_SITE_ID');
    return { kind: 'api-key', apiKey: needed('WIX_API_KEY') };
  }
  if (values.has('WIX_SITE_ID')) {
    problems.push(
      'WIX_SITE_ID goes with an API key. With an app, leave it out: WIX_INSTANCE_ID names the site.',
    );
  }
  needed('WIX_INSTANCE_ID');
  return { kind: 'app', appId: needed('WIX_APP_ID'), appSecret: needed('WIX_APP_SECRET') };
}
