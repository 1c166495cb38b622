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

/** No engine runs. One that did has left its log, and the deliveries that it kept. */
export class NoEngine extends CliFailure {
  /** Where its state would be. */
  readonly statePath: string;
  constructor(statePath: string) {
    super(
      'The local engine does not run. Start it with `npm start`, or name a deployed stage with --stage.',
      EXIT.unreachable,
    );
    this.statePath = statePath;
  }
}

/** A failure of what was typed. */
export const wrongUsage = (message: string): CliFailure => new CliFailure(message, EXIT.usage);

/** An error of AWS or of the network, in words: `AccessDenied: Not you.`, `connect failed (ECONNREFUSED)`. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { name, message, cause } = error as Error & { code?: unknown };
  const { code } = (cause ?? error) as { code?: unknown };
  if (typeof code === 'string' && !message.includes(code)) return `${message} (${code})`;
  return name === 'Error' || name === 'TypeError' ? message : `${name}: ${message}`;
}

/** What to do about such an error. */
export function adviceOn(error: unknown): string {
  const { name = '', message = '' } = error instanceof Error ? error : {};
  // In the AWS client's words.
  if (message.startsWith('Region is missing')) return 'Name it with --region, or set AWS_REGION.';
  if (/AccessDenied|NotAuthorized|Forbidden/i.test(name)) {
    return 'Your AWS credentials do not allow it: docs/commands.md, "doctor", lists what is needed.';
  }
  if (/Credential|Token/i.test(name)) return 'Sign in to AWS again (profile, SSO, environment).';
  return 'Check --stage, --region and the network, and try again.';
}

/** Whether it is an error of an AWS client, or of its credential chain. */
export const isAwsError = (error: unknown): error is Error =>
  error instanceof Error && ('$metadata' in error || error.name === 'CredentialsProviderError');

/** A failure of AWS, with what to do. @param what what was asked of it: `The stack could not be read: ` */
export const awsFailure = (what: string, error: unknown): CliFailure =>
  new CliFailure(`${what}${errorText(error)}\n${adviceOn(error)}`, EXIT.unreachable);
