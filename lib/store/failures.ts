import { StoreError } from './store.ts';

/** As DynamoDB and the AWS client name errors. */
interface AwsError {
  readonly name?: string;
  readonly $metadata?: { readonly httpStatusCode?: number | undefined };
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html (checked 2026-11-28) */
const THROTTLED: ReadonlySet<string> = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'Throttling',
  'TooManyRequestsException',
]);

/** What to do about a refusal, by its name. */
const REMEDIES: Readonly<Record<string, string>> = {
  AccessDeniedException: 'Its role must allow that on the table and on its index: deploy again.',
  ResourceNotFoundException:
    'There is no such table in this region, or it has no index "due": deploy, or set HISTORY_TABLE to its name.',
  ValidationException:
    "The table's keys or index are not those that Earmark deploys, or something is too large for an item.",
  UnrecognizedClientException: 'Check the credentials and the region.',
  CredentialsProviderError: 'There are no credentials: check them.',
};

export const isFailedCondition = (error: unknown): boolean =>
  (error as AwsError | null)?.name === 'ConditionalCheckFailedException';

/**
 * What an error of the AWS client means for who asked the store.
 * @param what operation and table, for the message: nothing of a person
 */
export function storeError(error: unknown, what: string): StoreError {
  const { name = typeof error, $metadata } = (error ?? {}) as AwsError;
  if (THROTTLED.has(name)) {
    return new StoreError('throttled', `DynamoDB throttles ${what} (${name}).`, error);
  }
  const status = $metadata?.httpStatusCode ?? 0;
  if (name === 'CredentialsProviderError' || (status >= 400 && status < 500)) {
    const remedy = REMEDIES[name] ?? 'Check the credentials, the region and the role.';
    return new StoreError('refused', `DynamoDB refuses ${what} (${name}). ${remedy}`, error);
  }
  return new StoreError('unavailable', `DynamoDB does not answer ${what} (${name}).`, error);
}
