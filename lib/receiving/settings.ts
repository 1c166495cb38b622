import { CODE_SOURCES, type CodeSourceName, type CustomerEvent } from '../events/event.ts';
import { log } from '../runtime/log.ts';
import {
  checkSettings,
  notSet,
  type ReadParameters,
  resolveSettings,
  type SettingName,
  SettingsError,
} from '../runtime/settings.ts';
import { codeSources } from '../sources/index.ts';
import { WEAK_SECRET } from '../sources/signing/secrets.ts';

/** What the receiver needs to know. */
export interface ReceiveSettings {
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
  readonly secrets: Readonly<Record<CodeSourceName, readonly string[]>>;
  readonly siteOf: (event: CustomerEvent) => string | undefined;
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
): Promise<ReceiveSettings> {
  const values = await resolveSettings(env, NAMES, readParameters);
  const { problems, needed } = checkSettings(values, env);
  const queueUrl = needed('QUEUE_URL');
  const deadLetterQueueUrl = needed('DEAD_LETTER_QUEUE_URL');
  const siteId = values.get('WIX_SITE_ID');
  const instanceId = values.get('WIX_INSTANCE_ID');
  if (!siteId && !instanceId) {
    const app = notSet('WIX_INSTANCE_ID', env);
    problems.push(`${notSet('WIX_SITE_ID', env)} With a Wix app instead of an API key: ${app}`);
  }
  if (problems.length > 0) throw new SettingsError(problems);
  const secrets = Object.fromEntries(
    CODE_SOURCES.map((name) => [
      name,
      secretsOf(name, values.get(codeSources[name].secretSetting)),
    ]),
  ) as Record<CodeSourceName, readonly string[]>;
  return { queueUrl, deadLetterQueueUrl, secrets, siteOf: siteRule(siteId, instanceId) };
}

/** Logs at once what is wrong with a secret; the source's refusals say it too, and the other sources go on. */
function secretsOf(name: CodeSourceName, written: string | undefined): readonly string[] {
  if (written === undefined) return [];
  const { secretSetting: setting, secretsIn } = codeSources[name];
  const { secrets, problems, isWeak } = secretsIn(written);
  for (const problem of problems) log.error('secret-malformed', { setting, problem });
  if (isWeak) log.warn('secret-weak', { setting, problem: WEAK_SECRET });
  // One that verifies nothing stays: the source is not closed but broken, and says so.
  return secrets.length > 0 ? secrets : [written];
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
