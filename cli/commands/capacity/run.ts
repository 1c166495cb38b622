import { readMeasurements } from '../../../cost/measured.ts';
import type { CommandContext } from '../../kit/command.ts';
import { readRules } from '../../kit/current-rules.ts';
import { CliFailure } from '../../kit/failure.ts';
import { sourceFrom } from '../../kit/sources.ts';
import { writeJson } from '../../kit/terminal.ts';
import { type CapacityOptions, estimate } from './estimate.ts';
import { renderEstimate } from './report.ts';

/** `earmark capacity`: estimates what a site can take, and what that costs. */
export async function capacity(
  { sources, ...options }: Omit<CapacityOptions, 'sources'> & { readonly sources?: string },
  { terminal, folder }: CommandContext,
): Promise<void> {
  const whatToDo = "Run this in the project's folder, or name it with --rules.";
  const { config } = await readRules(options.rules, folder, whatToDo);
  const names = sources?.split(',').map((name) => sourceFrom(name.trim()));
  const result = estimate(config, readMeasurements(), {
    ...options,
    ...(names && { sources: [...new Set(names)] }),
  });
  if (!result) {
    throw new CliFailure(
      `No rule of ${options.rules} listens to anything that these sources send. ` +
        'docs/sources.md has what each sends; choose others with --sources.',
    );
  }
  if (options.json) writeJson(terminal, result);
  else terminal.out.write(renderEstimate(result, terminal));
}
