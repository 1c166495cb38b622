import { CODE_SOURCES } from '../../../lib/events/event.ts';
import { type LabelSettings, readLabelSettings } from '../../../lib/labelling/settings.ts';
import { readReceiveSettings } from '../../../lib/receiving/settings.ts';
import type { RulesConfig } from '../../../lib/rules/config.ts';
import { readParameters } from '../../../lib/runtime/parameters.ts';
import { type SettingName, SettingsError } from '../../../lib/runtime/settings.ts';
import { codeSources } from '../../../lib/sources/index.ts';
import { WEAK_SECRET } from '../../../lib/sources/signing/secrets.ts';
import { type Diagnosis, fail, pass, warn } from './diagnosis.ts';
import type { Functions } from './functions.ts';

/** Settings of a function, in the words of the code that it starts with. @param read may throw */
async function settingsFinding(
  name: string,
  read: () => Promise<unknown>,
): Promise<readonly Diagnosis[]> {
  try {
    await read();
    return [pass(`${name}: its settings are complete`)];
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return error.problems.map((problem) => {
      // The words of a problem are what is wrong, and then what to do.
      const [, what = problem, advice = ''] = /^(.*?\.) (.*)$/s.exec(problem) ?? [];
      return fail(`${name}: ${what}`, advice);
    });
  }
}

/** The settings of both functions, read as they read them. */
export async function settingsFindings(functions: Functions): Promise<readonly Diagnosis[]> {
  const { receive, label } = functions;
  const [received, labelled] = await Promise.all([
    settingsFinding('receive', () => readReceiveSettings(receive, readParameters)),
    settingsFinding('label', async () => readLabelSettings(label, readParameters)),
  ]);
  return [...received, ...labelled];
}

/** Wix gives a site about so many (docs/limits.md). */
const WIX_A_MINUTE = 200;
/** With fewer a minute a worker sleeps for seconds between the calls for one contact. */
const FEW_A_MINUTE = 20;

/** The budget of calls: both numbers are sound by themselves, and are they plausible? */
export function judgeBudget({
  requestsPerMinute,
  workers,
}: Pick<LabelSettings, 'requestsPerMinute' | 'workers'>): Diagnosis {
  const share = Math.floor(requestsPerMinute / workers);
  const what = `${requestsPerMinute} requests a minute to a site, ${workers} workers: ${share} each`;
  if (requestsPerMinute > WIX_A_MINUTE) {
    return warn(
      what,
      `Wix gives a site about ${WIX_A_MINUTE} and answers 429 to the rest: lower wixRequestsPerMinute (WIX_REQUESTS_PER_MINUTE on the engine).`,
    );
  }
  if (share < FEW_A_MINUTE) {
    return warn(what, 'That is little: raise wixRequestsPerMinute, or run fewer workers.');
  }
  return pass(what);
}

/** Each source: open, closed for want of a secret, or with a secret that verifies nothing. */
export function sourceFindings(
  values: ReadonlyMap<SettingName, string>,
  rules: RulesConfig | undefined,
): readonly Diagnosis[] {
  const wanted = new Set(rules?.rules.flatMap((rule) => rule.sources ?? []));
  const closed: string[] = [];
  const findings: Diagnosis[] = [];
  for (const name of CODE_SOURCES) {
    const { secretSetting, secretsIn } = codeSources[name];
    const written = values.get(secretSetting);
    const found = written === undefined ? undefined : secretsIn(written);
    const count = found?.listed.length ?? 0;
    if (found === undefined) closed.push(name);
    if (found?.problems.length) {
      const which = count > 1 ? `one of ${count} secrets` : 'the secret';
      const what = `${name}: ${which} in ${secretSetting} is malformed`;
      findings.push(...found.problems.map((problem) => fail(what, `${problem}.`)));
    } else if (found?.isWeak) {
      findings.push(warn(`${name}: the secret in ${secretSetting} is weak`, `${WEAK_SECRET}.`));
    } else if (found) {
      const several = count > 1 ? `, ${count} secrets are accepted` : '';
      findings.push(pass(`${name} is open${several}`));
    } else if (wanted.has(name)) {
      const what = `${name} is closed, and a rule names it`;
      findings.push(warn(what, `Set ${secretSetting}, or take the source out of rules.yml.`));
    }
  }
  const all = CODE_SOURCES.length;
  if (closed.length === all) {
    const advice = 'Set the secret of each sender you have: docs/sources.md.';
    return [fail('no source has a secret: every webhook is refused', advice)];
  }
  if (closed.length === 0) return findings;
  return [...findings, pass(`closed, as no secret is set: ${closed.join(', ')}`)];
}
