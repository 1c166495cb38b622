import { CODE_SOURCES, type SourceName } from '../lib/events/event.ts';
import type { RulesConfig } from '../lib/rules/config.ts';
import { sourceFiles } from '../lib/sources/authoring/files.ts';

/** The sources that `npm start` shows and samples: those that are code, the user's own, and those that a rule names. */
export function shownSources({ rules }: RulesConfig): readonly SourceName[] {
  const own = [...sourceFiles()].flatMap(([name, { isOwn }]) => (isOwn ? [name] : []));
  return [...new Set([...CODE_SOURCES, ...own, ...rules.flatMap((rule) => rule.sources ?? [])])];
}
