import { parseArgs } from 'node:util';

/** What stands behind `npm start --`. */
export interface StartOptions {
  /** Whether what was kept is forgotten. */
  readonly isFresh: boolean;
  readonly isHelp: boolean;
  /** The rules file, as it was given. */
  readonly rules: string;
}

/** @returns a `problem` for people, where the arguments are wrong */
export function readStartOptions(
  args: readonly string[],
): StartOptions | { readonly problem: string } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        fresh: { type: 'boolean', default: false },
        rules: { type: 'string', default: 'rules.yml' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    return { isFresh: values.fresh, isHelp: values.help, rules: values.rules };
  } catch (error) {
    const { message } = error as Error;
    const [what = ''] = message.split(/\.(?:\s|$)/);
    return { problem: `npm start: ${what}. \`npm start -- --help\` has the options.` };
  }
}
