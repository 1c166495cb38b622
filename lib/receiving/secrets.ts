import { CODE_SOURCES } from '../events/event.ts';
import { createSingleFlight } from '../runtime/concurrency.ts';
import { log } from '../runtime/log.ts';
import { createMemory } from '../runtime/memory.ts';
import {
  givenValue,
  type ReadParameters,
  resolveSettings,
  type SettingValues,
} from '../runtime/settings.ts';
import { codeSources } from '../sources/index.ts';
import { WEAK_SECRET } from '../sources/signing/secrets.ts';
import type { Source } from '../sources/source.ts';

/**
 * The secrets (or public keys) of a source, several while one is exchanged. None: the source is closed.
 * @throws SettingsError when Parameter Store does not answer
 */
export type SecretsOf = (source: Source) => Promise<readonly string[]>;

export interface SecretsOptions {
  /** The settings that were read at start. */
  readonly values: SettingValues;
  readonly env: NodeJS.ProcessEnv;
  readonly readParameters: ReadParameters;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** A secret that is not there is asked for again so much later: somebody may just have set it. */
const ABSENT_MS = 60_000;
/** More sources than anybody describes. */
const MOST_ABSENT = 1_000;

/**
 * The sources that are code have their secrets from the start. The secret of a described one is read when its first
 * delivery comes, for there may be many and few are used: the environment of a function holds 4 KB in all
 * (docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html, checked 2026-11-28).
 */
export function createSecrets({ values, env, readParameters, now }: SecretsOptions): SecretsOf {
  const known = new Map<string, readonly string[]>(
    CODE_SOURCES.map((name) => {
      const source = codeSources[name];
      return [name, usable(source, values.get(source.secretSetting))];
    }),
  );
  const absent = createMemory<readonly string[]>({
    most: MOST_ABSENT,
    ttlMs: ABSENT_MS,
    clock: now,
  });
  const oneAtATime = createSingleFlight<readonly string[]>();
  const read = async (source: Source): Promise<readonly string[]> => {
    const secrets = usable(source, await readLate(source.secretSetting, env, readParameters));
    const memory = secrets.length > 0 ? known : absent;
    memory.set(source.name, secrets);
    return secrets;
  };
  return async (source) =>
    known.get(source.name) ??
    absent.get(source.name) ??
    oneAtATime(source.name, () => read(source));
}

/** The variable of that name where there is one (`npm start`), else the parameter in the folder of the secrets. */
async function readLate(
  setting: Source['secretSetting'],
  env: NodeJS.ProcessEnv,
  readParameters: ReadParameters,
): Promise<string | undefined> {
  const folder = env.SOURCE_SECRETS?.trim();
  const written = givenValue(setting, env[setting]) || (folder && `${folder}/${setting}`);
  const values = await resolveSettings({ [setting]: written }, [setting], readParameters);
  return values.get(setting);
}

/** What is wrong with the folder of the secrets, and what to write; undefined where it is sound or not set. */
export function folderProblem({ SOURCE_SECRETS: folder }: NodeJS.ProcessEnv): string | undefined {
  // Anything else would be taken for the secrets themselves.
  return !folder?.trim() || /^ssm:(?:\/[\w.-]+)+$/.test(folder.trim())
    ? undefined
    : `SOURCE_SECRETS is "${folder}". Write ssm:/folder/of/the/secrets, without a slash at the end.`;
}

/** Logs at once what is wrong with a secret; the source's refusals say it too, and the other sources go on. */
function usable(source: Source, written: string | undefined): readonly string[] {
  if (written === undefined) return [];
  const { secretSetting: setting } = source;
  const { secrets, problems, isWeak } = source.secretsIn(written);
  for (const problem of problems) log.error('secret-malformed', { setting, problem });
  if (isWeak) log.warn('secret-weak', { setting, problem: WEAK_SECRET });
  // One that verifies nothing stays: the source is not closed but broken, and says so.
  return secrets.length > 0 ? secrets : [written];
}
