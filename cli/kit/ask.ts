import { createInterface } from 'node:readline/promises';
import { visible } from '../../lib/runtime/visible.ts';
import { CliFailure, EXIT, wrongUsage } from './failure.ts';
import type { Terminal } from './terminal.ts';

/**
 * What a person answers on the terminal.
 * @param instead what did not come about, and how to say yes beforehand: `Nothing was changed: say --yes as well.`
 * @throws CliFailure where nobody can be asked, or with Ctrl-C or Ctrl-D for an answer
 */
export async function ask(
  { screen, signal }: Pick<Terminal, 'screen' | 'signal'>,
  question: string,
  instead: { readonly unasked: string; readonly unanswered: string },
  input: NodeJS.ReadableStream & { readonly isTTY?: boolean } = process.stdin,
): Promise<string> {
  if (!input.isTTY || !screen) throw wrongUsage(instead.unasked);
  const lines = createInterface({ input, output: screen, terminal: true });
  try {
    return (await lines.question(visible(question), { signal })).trim();
  } catch {
    // On a terminal in raw mode Ctrl-C is a key, and no signal.
    throw new CliFailure(`\n${instead.unanswered}`, EXIT.interrupted);
  } finally {
    lines.close();
  }
}
