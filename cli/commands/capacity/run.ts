import { readMeasurements } from '../../../cost/measured.ts';
import type { CommandContext } from '../../kit/command.ts';
import { readRules } from '../../kit/current-rules.ts';
import { CliFailure, EXIT } from '../../kit/failure.ts';
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
  const { config } = await readRules(options.rules, folder, whatToDo);
  const result = estimate(config, readMeasurements(), options);
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
