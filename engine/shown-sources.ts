import { CODE_SOURCES, type SourceName } from '../lib/events/event.ts';
import type { RulesConfig } from '../lib/rules/config.ts';
import { sourceFiles } from '../lib/sources/authoring/files.ts';
import { secretSettingOf, sourceNames } from '../lib/sources/index.ts';
import type { LocalSettings } from './settings.ts';

/**
 * The sources that `npm start` shows and samples: those that are code, the user's own, those that a rule names, and
 * those whose secret the user set.
 */
export function shownSources(
  { rules }: RulesConfig,
  { defaults }: Pick<LocalSettings, 'defaults'>,
): readonly SourceName[] {
  const own = [...sourceFiles()].flatMap(([name, { isOwn }]) => (isOwn ? [name] : []));
  const set = sourceNames().filter((name) => !defaults.has(secretSettingOf(name)));
  const named = rules.flatMap((rule) => rule.sources ?? []);
  return [...new Set([...CODE_SOURCES, ...own, ...set, ...named])];
}
