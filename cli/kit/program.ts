import { Command, CommanderError } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import type { AddCommand, CommandContext, Outside } from './command.ts';
import { EXIT, toFailure } from './failure.ts';
import { openTerminal } from './terminal.ts';

const ABOUT =
  'Tries rules, sends samples, says what became of an event, looks after dead letters and old orders, and ' +
  'checks an installation. It works on the engine of `npm start`, or on a deployed stage with --stage.';

const MORE = `
npx earmark <command> --help has the options and examples of each; docs/commands.md says more.

Exit codes: 0 all is well, 1 something is not, 2 the command line is wrong,
3 the engine or the stage cannot be reached, 130 ended by Ctrl-C.`;

/** The `earmark` command line. */
export function createProgram(commands: readonly AddCommand[], context: CommandContext): Command {
  const { out, err } = context.terminal;
  const program = new Command('earmark')
    .description(ABOUT)
    .version(manifest.version)
    .addHelpText('after', MORE)
    .exitOverride()
    .configureOutput({ writeOut: (text) => out.write(text), writeErr: (text) => err.write(text) })
    .showHelpAfterError('(--help says what there is)');
  for (const add of commands) add(program, context);
  return program;
}

/** Runs a command line. @returns the exit code */
export async function runProgram(
  args: readonly string[],
  commands: readonly AddCommand[],
  outside: Outside,
): Promise<number> {
  const context = { ...outside, terminal: openTerminal(outside.terminal) };
  try {
    await createProgram(commands, context).parseAsync([...args], { from: 'user' });
    return context.terminal.signal.aborted ? EXIT.interrupted : Number(process.exitCode ?? EXIT.ok);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    // Ctrl-C ended what it waited for.
    if (context.terminal.signal.aborted && (error as Error).name === 'AbortError') {
      return EXIT.interrupted;
    }
    const { message, exitCode } = toFailure(error);
    context.terminal.err.write(`${message}\n`);
    return exitCode;
  }
}
