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
