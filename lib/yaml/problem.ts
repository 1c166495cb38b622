// What is wrong with a file that people write (rules, their tests, a source), and where.
export interface FileProblem {
  readonly file: string;
  /** Both count from 1; columns in UTF-16 units. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** The name of the rule, where it has one. */
  readonly rule?: string;
}

/** A file cannot be used. The message has one `file:line:column: reason` line for every problem. */
export class FileError extends Error {
  readonly problems: readonly FileProblem[];

  constructor(problems: readonly FileProblem[]) {
    super(problems.map((one) => asLine(one)).join('\n'));
    this.name = 'FileError';
    this.problems = problems;
  }
}

/** In the order of the file. */
export function byPlace(a: FileProblem, b: FileProblem): number {
  return a.line - b.line || a.column - b.column;
}

/** A line for a problem. @param kind stands before the message where that is no error */
export function asLine({ file, line, column, message, rule }: FileProblem, kind = ''): string {
  const subject = rule === undefined ? '' : `rule ${JSON.stringify(rule)}: `;
  return `${file}:${line}:${column}: ${kind}${subject}${message}`;
}
