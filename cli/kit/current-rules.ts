import { dirname, resolve } from 'node:path';
import { readReceiveSettings } from '../../lib/receiving/settings.ts';
import type { SiteRules } from '../../lib/receiving/to-job.ts';
import { readBesideIn } from '../../lib/rules/authoring/beside.ts';
import { type LoadedRules, loadRulesFile } from '../../lib/rules/authoring/load.ts';
import { compileRulesWithHistory } from '../../lib/rules/match.ts';
import { readText } from './files.ts';
import { environmentOf, type Target } from './target.ts';

/**
 * A rules file, checked, with the tables beside it.
 * @param whatToDo a sentence, for where there is no such file
 * @throws CliFailure, FileError
 */
export async function readRules(
  file: string,
  folder: string,
  whatToDo = "Run this in the project's folder.",
): Promise<LoadedRules> {
  const text = await readText(file, folder, whatToDo);
  return loadRulesFile(text, file, readBesideIn(dirname(resolve(folder, file))));
}

/** A rules file, and the sites of the target. @throws CliFailure, FileError, SettingsError */
export async function readMapping(
  file: string,
  folder: string,
  target: Target,
): Promise<SiteRules> {
  const { config } = await readRules(file, folder);
  const { siteOf } = await readReceiveSettings(await environmentOf(target), async () => new Map());
  return { rules: compileRulesWithHistory(config), siteOf };
}
