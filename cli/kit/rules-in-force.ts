import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { readProjectRules, savedAt } from '../../lib/rules/authoring/beside.ts';
import { rulesHash } from '../../lib/rules/authoring/decisive.ts';
import { FileError } from '../../lib/yaml/problem.ts';
import type { CommandContext } from './command.ts';
import { type RulesOptions, rulesFile, rulesOption } from './rules-option.ts';
import { type RulesInForce, type Target, type TargetOptions, targetOptions } from './target.ts';
import { paint } from './terminal.ts';

/** The rules of a folder beside those that run at a target. */
export interface RulesCompared {
  /** When the newest of their files was saved (ISO 8601); `problem` has what is wrong where they do not compile. */
  readonly here: { readonly savedAt: string; readonly hash?: string; readonly problem?: string };
  readonly running: RulesInForce;
  readonly differ: boolean;
}

/** Compares a rules file, absolute. @returns undefined where there are none, or what runs is not known */
export function compareWithRunning(
  file: string,
  { rules: running }: Pick<Target, 'rules'>,
): RulesCompared | undefined {
  if (!running || !existsSync(file)) return undefined;
  const files = new Set<string>();
  const hashed = hashOf(file, files);
  const here = { savedAt: new Date(savedAt(files)).toISOString(), ...hashed };
  return { here, running, differ: here.hash !== running.hash };
}

function hashOf(file: string, files: Set<string>): Omit<RulesCompared['here'], 'savedAt'> {
  try {
    return { hash: rulesHash(readProjectRules(file, files)) };
  } catch (error) {
    if (error instanceof FileError) return { problem: error.message };
    throw error;
  }
}

/**
 * What is other, and what to do, in three lines.
 * @returns undefined where what runs are the rules of the folder
 */
export function differenceInWords(
  compared: RulesCompared | undefined,
  { name, kind }: Pick<Target, 'name' | 'kind'>,
  options: TargetOptions & RulesOptions,
): readonly [here: string, running: string, advice: string] | undefined {
  if (!compared?.differ) return undefined;
  const { here, running } = compared;
  const isBroken = here.problem !== undefined;
  const how = isBroken ? 'do not compile and do not run' : 'are not those that run';
  const advice = {
    broken: 'Put them right: ./earmark rules check',
    engine:
      'It takes what is saved in a second or two. Where it was started with --rules, name that file here, too.',
    stage: `Name the stage's own with --rules, or deploy these: npx serverless deploy${targetOptions(options)}`,
  }[isBroken ? 'broken' : kind];
  return [
    `${rulesOption(options) ? rulesFile(options) : "The folder's rules"}, saved ${minute(here.savedAt)}, ${how}:`,
    `${name} runs those ${kind === 'engine' ? 'taken' : 'deployed'} ${minute(running.since)} (UTC).`,
    advice,
  ];
}

/** Says on the error stream where the rules that a command goes by are not those that run at its target. */
export function warnOfOtherRules(
  target: Target,
  options: TargetOptions & RulesOptions,
  { folder, terminal }: Pick<CommandContext, 'folder' | 'terminal'>,
): RulesCompared | undefined {
  const compared = compareWithRunning(resolve(folder, rulesFile(options)), target);
  const words = differenceInWords(compared, target, options);
  if (words) terminal.err.write(`${paint(terminal, 'yellow', words.join('\n'))}\n`);
  return compared;
}

/** `2026-11-28 12:03`, in UTC. */
const minute = (iso: string): string => iso.slice(0, 16).replace('T', ' ');
