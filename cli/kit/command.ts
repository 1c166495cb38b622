import type { Command } from 'commander';
import type { OpenTarget, TargetOptions } from './target.ts';
import type { Streams, Terminal } from './terminal.ts';

/** What a command uses of the world outside: tests pass their own. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly openTarget: OpenTarget;
  /** Where the project is: `rules.yml` and `rules.test.yml` are looked for here. */
  readonly folder: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** The same, with the streams as the process has them. */
export type Outside = Omit<CommandContext, 'terminal'> & { readonly terminal: Streams };

/** Adds a command, with its options, help and examples, to the program. */
export type AddCommand = (program: Command, context: CommandContext) => void;

/** Options of every command that works on a target. */
export function withTarget(command: Command): Command {
  return command
    .option('--stage <name>', 'work on this deployed stage, and not on the local engine')
    .option('--region <name>', 'the AWS region of the stage (default: that of your AWS settings)');
}

/** Ends a command with this code, once it has written what it has to say. */
export function endWith(exitCode: number): void {
  process.exitCode = exitCode;
}

export type { TargetOptions };
