import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MappingOptions } from '../../lib/receiving/mapping.ts';
import { readReceiveSettings } from '../../lib/receiving/settings.ts';
import { loadRules, RulesError } from '../../lib/rules/load.ts';
import { compileRules } from '../../lib/rules/match.ts';
import { SettingsError } from '../../lib/runtime/settings.ts';
import { CliFailure } from '../failure.ts';
import type { Target } from '../target.ts';

/** Today's rules.yml of the folder, and the sites of the target. @throws CliFailure */
export async function readMapping(folder: string, target: Target): Promise<MappingOptions> {
  const file = join(folder, 'rules.yml');
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new CliFailure(
      `${file} cannot be read: ${error.message}. Run this in the project's folder.`,
    );
  });
  try {
    const { queueUrl: QUEUE_URL, deadLetterQueueUrl: DEAD_LETTER_QUEUE_URL } = target;
    const values = Object.fromEntries(await target.settings());
    const env = { ...values, QUEUE_URL, DEAD_LETTER_QUEUE_URL };
    const { siteOf } = await readReceiveSettings(env, async () => new Map());
    return { rules: compileRules(loadRules(text, 'rules.yml')), siteOf };
  } catch (error) {
    const isKnown = error instanceof RulesError || error instanceof SettingsError;
    throw isKnown ? new CliFailure(error.message) : error;
  }
}
