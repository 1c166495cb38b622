import { type Command, InvalidArgumentError } from 'commander';
import type { OpenTarget, Target, TargetOptions } from './target.ts';
import type { Streams, Terminal } from './terminal.ts';

/** What a command uses of the world outside: tests pass their own. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly openTarget: OpenTarget;
  /** Where the project is: `rules.yml` and `rules.test.yml` are looked for here. */
  readonly folder: string;
  /** Of what the command works on: the engine's time, or this machine's. Epoch milliseconds. */
  readonly now: () => number;
}

/** The same, with the streams as the process has them. */
export type Outside = Omit<CommandContext, 'terminal'> & {
  readonly terminal: Streams;
  /** How far the local engine's time is ahead of `now`, in milliseconds. */
  readonly engineAheadMs: () => Promise<number>;
};

/** Adds a command, with its options, help and examples, to the program. */
export type AddCommand = (program: Command, context: CommandContext) => void;

/** Options of every command that works on a target. */
export function withTarget(command: Command): Command {
  return command
    .option('--stage <name>', 'work on this deployed stage, and not on the local engine')
    .option('--region <name>', 'the AWS region of the stage (default: that of your AWS settings)');
}

/** Opens the target that the options name, and closes it after the work. */
export async function usingTarget<T>(
  options: TargetOptions,
  { openTarget }: Pick<CommandContext, 'openTarget'>,
  work: (target: Target) => Promise<T>,
): Promise<T> {
  const target = await openTarget(options);
  try {
    return await work(target);
  } finally {
    target.close();
  }
}

/** Reads the value of an option: a whole number from 1 to `most`. */
export const wholeNumber =
  (most = 999_999_999_999) =>
  (text: string): number => {
    if (/^[1-9]\d{0,11}$/.test(text) && Number(text) <= most) return Number(text);
    const upTo = most === 999_999_999_999 ? 'up' : `to ${most}`;
    throw new InvalidArgumentError(`A whole number from 1 ${upTo}.`);
  };

/** Collects the values of an option that may be given several times. */
export const repeatable = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  value,
];

const UNITS_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

/** `90s`, `15m`, `1.5h`, `7d`, `2w` in milliseconds; undefined for what is no age. */
export function ageMs(text: string): number | undefined {
  const [, count = '', unit = ''] = /^(\d{1,6}(?:\.\d+)?)([smhdw])$/.exec(text) ?? [];
  return unit === '' ? undefined : Number(count) * (UNITS_MS[unit] ?? 0);
}

/** Ends a command with this code, once it has written what it has to say. */
export function endWith(exitCode: number): void {
  process.exitCode = exitCode;
}
