/** The account and region that every name of the stand-in is in. */
export const ACCOUNT = '000000000000';
export const REGION = 'us-east-1';

export const queueArn = (name: string): string => `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`;

/** The name at the end of a queue's URL or ARN. */
export const queueName = (address = ''): string => address.split(/[/:]/).at(-1) ?? '';
