// What is wrong with a file of rules, or of their tests, and where.
export interface RulesProblem {
  readonly file: string;
  /** Both count from 1; columns in UTF-16 units. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** The name of the rule, where it has one. */
  readonly rule?: string;
}

/** A file cannot be used. The message has one `file:line:column: reason` line for every problem. */
export class RulesError extends Error {
  readonly problems: readonly RulesProblem[];

  constructor(problems: readonly RulesProblem[]) {
    super(problems.map((one) => asLine(one)).join('\n'));
    this.name = 'RulesError';
    this.problems = problems;
  }
}

/** In the order of the file. */
export function byPlace(a: RulesProblem, b: RulesProblem): number {
  return a.line - b.line || a.column - b.column;
}

/** A line for a problem. @param kind stands before the message where that is no error */
export function asLine({ file, line, column, message, rule }: RulesProblem, kind = ''): string {
  const subject = rule === undefined ? '' : `rule ${JSON.stringify(rule)}: `;
  return `${file}:${line}:${column}: ${kind}${subject}${message}`;
}
