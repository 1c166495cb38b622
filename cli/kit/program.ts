import { resolve } from 'node:path';
import { Command, CommanderError } from 'commander';
import { takeSourcesBeside } from '../../lib/sources/authoring/own-folder.ts';
import manifest from '../../package.json' with { type: 'json' };
import type { AddCommand, CommandContext, Outside } from './command.ts';
import { EXIT } from './failure.ts';
import { openTerminal } from './terminal.ts';

const ABOUT =
  'Tries rules, sends samples, says what became of an event, looks after dead letters and old orders, and ' +
  'checks an installation. It works on the engine of `npm start`, or on a deployed stage with --stage.';

const MORE = `
./earmark <command> --help has the options and examples of each;
docs/commands.md says more.

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
  let ahead = 0;
  const now = () => outside.now() + ahead;
  const context = { ...outside, now, terminal: openTerminal(outside.terminal) };
  const program = createProgram(commands, context).hook('preAction', async (_, command) => {
    const { rules } = command.opts();
    if (rules !== undefined) takeSourcesBeside(resolve(outside.folder, rules));
    if (isOnEngine(command)) ahead = await outside.engineAheadMs();
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return context.terminal.signal.aborted ? EXIT.interrupted : Number(process.exitCode ?? EXIT.ok);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    // Ctrl-C ended what it waited for.
    if (context.terminal.signal.aborted && (error as Error).name === 'AbortError') {
      return EXIT.interrupted;
    }
    const { toFailure } = await import('./to-failure.ts');
    const { message, exitCode } = toFailure(error);
    context.terminal.err.write(`${message}\n`);
    return exitCode;
  }
}

/** Whether a command works on the local engine: it could be a stage, or an address, and names none. */
function isOnEngine(command: Command): boolean {
  const { stage, to } = command.opts();
  const mayBeStage = command.options.some(({ long }) => long === '--stage');
  return mayBeStage && stage === undefined && to === undefined;
}
