import { readReceiveSettings } from '../../lib/receiving/settings.ts';
import type { MappingOptions } from '../../lib/receiving/to-job.ts';
import { readBesideIn } from '../../lib/rules/authoring/beside.ts';
import { loadRules } from '../../lib/rules/authoring/load.ts';
import { compileRules } from '../../lib/rules/match.ts';
import { readText } from './read-text.ts';
import { environmentOf, type Target } from './target.ts';

/** The current rules.yml of the folder, and the sites of the target. @throws CliFailure, RulesError, SettingsError */
export async function readMapping(folder: string, target: Target): Promise<MappingOptions> {
  const text = await readText('rules.yml', folder, "Run this in the project's folder.");
  const { siteOf } = await readReceiveSettings(await environmentOf(target), async () => new Map());
  return { rules: compileRules(loadRules(text, 'rules.yml', readBesideIn(folder))), siteOf };
}
