import { dirname, resolve } from 'node:path';
import { readBesideIn } from '../../lib/rules/beside.ts';
import { loadRules } from '../../lib/rules/load.ts';
import type { CapacityOptions } from '../capacity.ts';
import type { World } from '../command.ts';
import { CliFailure, EXIT } from '../failure.ts';
import { readText } from '../read-text.ts';
import { writeJson } from '../terminal.ts';
import { estimate } from './estimate.ts';
import { readMeasurements } from './measured.ts';
import { asText } from './report.ts';

/** Reckons what a site can take, and what that costs. */
export async function run({ terminal, folder }: World, options: CapacityOptions): Promise<void> {
  const whatToDo = "Run this in the project's folder, or name it with --rules.";
  const written = await readText(options.rules, folder, whatToDo);
  const beside = readBesideIn(dirname(resolve(folder, options.rules)));
  const rules = loadRules(written, options.rules, beside);
  const reckoned = estimate(rules, readMeasurements(), options);
  if (!reckoned) {
    throw new CliFailure(
      `No rule of ${options.rules} listens to anything that these sources send. ` +
        'docs/sources.md has what each sends; choose others with --sources.',
      EXIT.found,
    );
  }
  if (options.json) writeJson(terminal, reckoned);
  else terminal.out.write(asText(terminal, reckoned));
}
