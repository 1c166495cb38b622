// Loaded when a command fails, and not before: what can fail needs more than a command that says its help.
import { SettingsError } from '../../lib/runtime/settings.ts';
import { StoreError } from '../../lib/store/store.ts';
import { WixError } from '../../lib/wix/calls/failure.ts';
import { FileError } from '../../lib/yaml/problem.ts';
import { adviceOn, awsFailure, CliFailure, EXIT, isAwsError } from './failure.ts';

/** The command goes by the user's own credentials, and not by a function's role. */
const storeFailure = ({ message, failure, cause }: StoreError): CliFailure => {
  const advice = failure === 'refused' ? adviceOn(cause) : 'Try again.';
  return new CliFailure(`${message}\n${advice}`, EXIT.unreachable);
};

/** An error that ended a command, as what to print and the code to end with. A fault of ours shows its stack. */
export function toFailure(error: unknown): CliFailure {
  if (error instanceof CliFailure) return error;
  if (error instanceof SettingsError || error instanceof FileError) {
    return new CliFailure(error.message);
  }
  if (error instanceof WixError) {
    const { requestId } = error.failure;
    const message = `${error.message}${requestId ? ` (Wix request ${requestId})` : ''}\n\`./earmark doctor\` checks the credentials and each permission.`;
    return new CliFailure(message, EXIT.unreachable);
  }
  if (error instanceof StoreError) return storeFailure(error);
  if (isAwsError(error)) return awsFailure('AWS answered ', error);
  const { code, message, stack } = error as NodeJS.ErrnoException;
  if (code === 'ECONNREFUSED') {
    return new CliFailure(`${message || code}: nothing listens there.`, EXIT.unreachable);
  }
  // The system's own words name the file and what is wrong with it.
  if (code?.startsWith('E')) return new CliFailure(message);
  return new CliFailure(`This is a fault of Earmark, please report it.\n${stack}`);
}
