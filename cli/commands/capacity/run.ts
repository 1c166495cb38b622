import { dirname, resolve } from 'node:path';
import { readMeasurements } from '../../../cost/measured.ts';
import { readBesideIn } from '../../../lib/rules/authoring/beside.ts';
import { loadRules } from '../../../lib/rules/authoring/load.ts';
import type { CommandContext } from '../../kit/command.ts';
import { CliFailure, EXIT } from '../../kit/failure.ts';
import { readText } from '../../kit/read-text.ts';
import { writeJson } from '../../kit/terminal.ts';
import type { CapacityOptions } from './estimate.ts';
import { estimate } from './estimate.ts';
import { asText } from './report.ts';

/** Estimates what a site can take, and what that costs. */
export async function run(
  { terminal, folder }: CommandContext,
  options: CapacityOptions,
): Promise<void> {
  const whatToDo = "Run this in the project's folder, or name it with --rules.";
  const written = await readText(options.rules, folder, whatToDo);
  const beside = readBesideIn(dirname(resolve(folder, options.rules)));
  const rules = loadRules(written, options.rules, beside);
  const result = estimate(rules, readMeasurements(), options);
  if (!result) {
    throw new CliFailure(
      `No rule of ${options.rules} listens to anything that these sources send. ` +
        'docs/sources.md has what each sends; choose others with --sources.',
      EXIT.found,
    );
  }
  if (options.json) writeJson(terminal, result);
  else terminal.out.write(asText(terminal, result));
}
