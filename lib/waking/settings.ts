import { DEFAULT_REQUESTS_PER_MINUTE } from '../labelling/settings.ts';
import {
  checkSettings,
  notSet,
  type ReadParameters,
  resolveSettings,
  type SettingName,
  SettingsError,
  siteIn,
} from '../runtime/settings.ts';
import { readStoreSettings } from '../store/settings.ts';

const NAMES = [
  'QUEUE_URL',
  'WIX_REQUESTS_PER_MINUTE',
  'WIX_SITE_ID',
  'WIX_INSTANCE_ID',
] as const satisfies readonly SettingName[];

/** What a run of the schedule needs to know. */
export type WakeSettings = Awaited<ReturnType<typeof readWakeSettings>>;

/** Calls of a review at most: an add and a remove. */
const CALLS_OF_A_REVIEW = 2;
/** Reviews may take one in so many of the site's requests; the others are for events. */
const ONE_IN = 3;

/** Reads the settings of `wake`. @throws SettingsError naming every one that is missing or malformed */
export async function readWakeSettings(env: NodeJS.ProcessEnv, readParameters: ReadParameters) {
  const values = await resolveSettings(env, NAMES, readParameters);
  const { problems, needed, whole } = checkSettings(values, env);
  const queueUrl = needed('QUEUE_URL');
  const requests = whole('WIX_REQUESTS_PER_MINUTE', DEFAULT_REQUESTS_PER_MINUTE);
  const site = siteIn(values) ?? '';
  if (site === '') {
    const app = notSet('WIX_INSTANCE_ID', env);
    problems.push(`${notSet('WIX_SITE_ID', env)} With a Wix app instead of an API key: ${app}`);
  }
  const store = readStoreSettings(env);
  if (problems.length > 0) throw new SettingsError(problems);
  return { queueUrl, site, share: shareOf(requests), store };
}

/** How many reviews a run may queue, of so many requests a minute. */
export const shareOf = (requestsPerMinute: number): number =>
  Math.max(1, Math.floor(requestsPerMinute / ONE_IN / CALLS_OF_A_REVIEW));
