import { differenceInWords, type RulesCompared } from '../../kit/rules-in-force.ts';
import type { Target, TargetOptions } from '../../kit/target.ts';
import { type Diagnosis, pass, warn } from './diagnosis.ts';

/** Whether the rules that run are those of the folder. @param compared undefined where the folder has none */
export function rulesFindings(
  compared: RulesCompared | undefined,
  target: Pick<Target, 'name' | 'kind' | 'rules'>,
  options: TargetOptions,
): readonly Diagnosis[] {
  if (!target.rules) {
    const advice = target.kind === 'engine' ? 'Start it again.' : 'Deploy this version.';
    return [warn(`${target.name} does not say which rules it runs`, advice)];
  }
  if (!compared) return [];
  const found = differenceInWords(compared, target, options);
  if (!found) return [pass('what runs are the rules of this folder')];
  const [here, running, advice] = found;
  return [warn(here, `${running} ${advice}`)];
}
