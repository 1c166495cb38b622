import { RulesError } from '../../lib/rules/authoring/problem.ts';
import { SettingsError } from '../../lib/runtime/settings.ts';
import { WixError } from '../../lib/wix/calls/failure.ts';
import { adviceOn, errorText, isAwsError } from './error-text.ts';

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

/** What to print of an error that ended a command, and the code to end with. A fault of ours shows its stack. */
export function describeError(error: unknown): { message: string; exitCode: number } {
  if (error instanceof CliFailure) return error;
  if (error instanceof SettingsError || error instanceof RulesError) {
    return { message: error.message, exitCode: EXIT.found };
  }
  if (error instanceof WixError) {
    const { requestId } = error.failure;
    const message = `${error.message}${requestId ? ` (Wix request ${requestId})` : ''}\n\`npx earmark doctor\` checks the credentials and each permission.`;
    return { message, exitCode: EXIT.unreachable };
  }
  if (isAwsError(error)) {
    const message = `AWS answered ${errorText(error)}\n${adviceOn(error)}`;
    return { message, exitCode: EXIT.unreachable };
  }
  const { code, message, stack } = error as NodeJS.ErrnoException;
  if (code === 'ECONNREFUSED') {
    return { message: `${message || code}: nothing listens there.`, exitCode: EXIT.unreachable };
  }
  // The system's own words name the file and what is wrong with it.
  if (code?.startsWith('E')) return { message, exitCode: EXIT.found };
  return {
    message: `This is a fault of Earmark, please report it.\n${stack}`,
    exitCode: EXIT.found,
  };
}
