import { CODE_SOURCES, type CustomerEvent } from '../events/event.ts';
import {
  checkSettings,
  notSet,
  type ReadParameters,
  resolveSettings,
  type SettingName,
  SettingsError,
} from '../runtime/settings.ts';
import { codeSources } from '../sources/index.ts';
import { createSecrets, folderProblem, type SecretsOf } from './secrets.ts';

/** What the receiver needs to know. */
export interface ReceiveSettings {
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
  readonly secrets: SecretsOf;
  readonly siteOf: (event: CustomerEvent) => string | undefined;
  /** Whether the log is to hold what came in, too. */
  readonly keepsDeliveries?: boolean;
}

const NAMES = [
  'QUEUE_URL',
  'DEAD_LETTER_QUEUE_URL',
  'WIX_SITE_ID',
  'WIX_INSTANCE_ID',
  ...CODE_SOURCES.map((name) => codeSources[name].secretSetting),
] satisfies readonly SettingName[];

/**
 * Reads the receiver's settings. A source without a secret is closed.
 * @throws SettingsError naming every setting that is needed and not there
 */
export async function readReceiveSettings(
  env: NodeJS.ProcessEnv,
  readParameters: ReadParameters,
  now: () => number = Date.now,
): Promise<ReceiveSettings> {
  const values = await resolveSettings(env, NAMES, readParameters);
  const { problems, needed } = checkSettings(values, env);
  const queueUrl = needed('QUEUE_URL');
  const deadLetterQueueUrl = needed('DEAD_LETTER_QUEUE_URL');
  const keepsDeliveries = env.KEEP_DELIVERIES === 'true';
  const siteId = values.get('WIX_SITE_ID');
  const instanceId = values.get('WIX_INSTANCE_ID');
  if (!siteId && !instanceId) {
    const app = notSet('WIX_INSTANCE_ID', env);
    problems.push(`${notSet('WIX_SITE_ID', env)} With a Wix app instead of an API key: ${app}`);
  }
  const folder = folderProblem(env);
  if (folder !== undefined) problems.push(folder);
  if (problems.length > 0) throw new SettingsError(problems);
  const secrets = createSecrets({ values, env, readParameters, now });
  return {
    queueUrl,
    deadLetterQueueUrl,
    secrets,
    siteOf: siteRule(siteId, instanceId),
    keepsDeliveries,
  };
}

/**
 * With an API key all events are for one site, except those of other sites with the same Wix app, which
 * WIX_INSTANCE_ID excludes. With an app, a Wix event is for the site it came from.
 */
function siteRule(siteId: string | undefined, instanceId: string | undefined) {
  return ({ site }: CustomerEvent): string | undefined => {
    if (!siteId) return site ?? instanceId;
    return site && instanceId && site !== instanceId ? undefined : siteId;
  };
}
