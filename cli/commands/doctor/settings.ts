import { meantBy } from '../../../engine/unread.ts';
import { isCodeSource, type SourceName } from '../../../lib/events/event.ts';
import { type LabelSettings, readLabelSettings } from '../../../lib/labelling/settings.ts';
import { readReceiveSettings } from '../../../lib/receiving/settings.ts';
import type { RulesConfig } from '../../../lib/rules/config.ts';
import { readParameters } from '../../../lib/runtime/parameters.ts';
import { type SettingName, SettingsError } from '../../../lib/runtime/settings.ts';
import { knownSource, secretSettingOf, sourceNames } from '../../../lib/sources/index.ts';
import { WEAK_SECRET } from '../../../lib/sources/signing/secrets.ts';
import type { Target } from '../../kit/target.ts';
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

/**
 * Each source: open, closed for want of a secret, or with a secret that verifies nothing. The engine has a secret of
 * its own for every described source: those that no rule names are only counted.
 */
export function sourceFindings(
  values: ReadonlyMap<SettingName, string>,
  rules: RulesConfig | undefined,
  { defaults = new Set(), unread = [] }: Pick<Target, 'defaults' | 'unread'> = {},
): readonly Diagnosis[] {
  const wanted = new Set(rules?.rules.flatMap((rule) => rule.sources ?? []));
  const names = sourceNames();
  const open = names.filter((name) => values.has(secretSettingOf(name)));
  const closed = names.filter((name) => !open.includes(name));
  if (open.length === 0) {
    const advice = 'Set the secret of each sender you have: docs/sources.md.';
    return [fail('no source has a secret: every webhook is refused', advice)];
  }
  const counted = open.filter(
    (name) => !isCodeSource(name) && !wanted.has(name) && defaults.has(secretSettingOf(name)),
  );
  const findings = unread.map((name) => warn(`no source has the setting ${name}`, meantBy(name)));
  const judged = names.flatMap((name) => {
    const written = values.get(secretSettingOf(name));
    if (written === undefined) return wanted.has(name) ? [closedAndWanted(name)] : [];
    return counted.includes(name) ? [] : secretFindings(name, written);
  });
  findings.push(...judged);
  if (counted.length > 0) {
    findings.push(pass(`${counted.length} more that a file describes have a development secret`));
  }
  if (closed.length > 0) findings.push(pass(closedInWords(closed)));
  return findings;
}

const closedAndWanted = (name: SourceName): Diagnosis =>
  warn(
    `${name} is closed, and a rule names it`,
    `Set ${secretSettingOf(name)}, or take the source out of rules.yml.`,
  );

/** A described source is for those who use it: the others are only counted. */
function closedInWords(closed: readonly SourceName[]): string {
  const code = closed.filter(isCodeSource);
  const more = closed.length - code.length;
  const described = more > 0 ? [`${more} that a file describes`] : [];
  return `closed, as no secret is set: ${[...code, ...described].join(', ')}`;
}

function secretFindings(name: SourceName, written: string): readonly Diagnosis[] {
  const setting = secretSettingOf(name);
  const { problems, isWeak, listed } = knownSource(name).secretsIn(written);
  const count = listed.length;
  if (problems.length > 0) {
    const which = count > 1 ? `one of ${count} secrets` : 'the secret';
    const what = `${name}: ${which} in ${setting} is malformed`;
    return problems.map((problem) => fail(what, `${problem}.`));
  }
  if (isWeak) return [warn(`${name}: the secret in ${setting} is weak`, `${WEAK_SECRET}.`)];
  return [pass(`${name} is open${count > 1 ? `, ${count} secrets are accepted` : ''}`)];
}
