import { secretSettingOf, sourceNames } from '../lib/sources/index.ts';
import { didYouMean } from '../lib/yaml/suggest.ts';

const ENDING = '_WEBHOOK_SECRET';

/** What an environment sets as if it were a source's secret, and is the setting of no source. */
export function unreadSecrets(env: NodeJS.ProcessEnv): readonly string[] {
  const known = new Set<string>(sourceNames().map(secretSettingOf));
  return Object.keys(env).filter(
    (name) => name.endsWith(ENDING) && env[name]?.trim() && !known.has(name),
  );
}

/** What may be meant by such a name, as a question; else where the names are. */
export function meantBy(name: string): string {
  const stem = (one: string): string => one.slice(0, -ENDING.length);
  const known = sourceNames()
    .map(secretSettingOf)
    .filter((one) => one.endsWith(ENDING));
  const hint = didYouMean(stem(name), known.map(stem));
  return hint.replace(/`\?$/, `${ENDING}\`?`) || './earmark sources list --json has the settings.';
}
