import type { Command } from 'commander';

/** The rules of a folder. */
const RULES = 'rules.yml';

/** Which rules a command goes by. */
export interface RulesOptions {
  /** A file, from the project's folder. */
  readonly rules?: string;
}

/** The option of every command that goes by rules: a client's own, where there are several. */
export const withRules = (command: Command): Command =>
  command.option('--rules <file>', 'the rules', RULES);

/** The rules file that is meant, from the project's folder. */
export const rulesFile = ({ rules = RULES }: RulesOptions): string => rules;

/** The same as a command line has it: ` --rules clients/anna/rules.yml`, or '' for rules.yml. */
export const rulesOption = ({ rules = RULES }: RulesOptions): string =>
  rules === RULES ? '' : ` --rules ${rules}`;
