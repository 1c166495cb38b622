import type { AddCommand } from './command.ts';

/** Every command, in the order in which `earmark --help` lists them. */
export const COMMANDS: readonly AddCommand[] = [];
