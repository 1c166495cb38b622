import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { AWS_TIMEOUTS } from './aws.ts';
import type { ReadParameters } from './settings.ts';

// GetParameters takes ten names a call.
// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html (checked 2026-11-21)
const NAMES_PER_CALL = 10;

/** Reads SecureString (and plain) parameters, decrypted. @throws what the AWS client throws. */
export const readParameters: ReadParameters = async (paths) => {
  const client = new SSMClient({ maxAttempts: 2, requestHandler: AWS_TIMEOUTS });
  const found = new Map<string, string>();
  try {
    for (let from = 0; from < paths.length; from += NAMES_PER_CALL) {
      const Names = paths.slice(from, from + NAMES_PER_CALL);
      const answer = await client.send(new GetParametersCommand({ Names, WithDecryption: true }));
      for (const { Name, Value } of answer.Parameters ?? []) {
        if (Name !== undefined && Value !== undefined) found.set(Name, Value);
      }
    }
  } finally {
    client.destroy();
  }
  return found;
};
