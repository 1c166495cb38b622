/** What a command ends with. */
export const EXIT = {
  ok: 0,
  /** What was checked is not well, or not all that was asked for could be done. */
  found: 1,
  /** The command line cannot be read. */
  usage: 2,
  /** The engine or the stage cannot be reached, or does not let us. */
  unreachable: 3,
  /** Ended by Ctrl-C. */
  interrupted: 130,
} as const;

/** Ends a command. The message says what happened, to which thing, and what to do; no stack is shown. */
export class CliFailure extends Error {
  override readonly name = 'CliFailure';
  readonly exitCode: number;
  constructor(message: string, exitCode: number = EXIT.found) {
    super(message);
    this.exitCode = exitCode;
  }
}
