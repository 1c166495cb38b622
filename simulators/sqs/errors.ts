/** The code that SQS's query protocol has for an error, which its JSON protocol sends along in a header. */
const QUERY_CODES = {
  QueueDoesNotExist: 'AWS.SimpleQueueService.NonExistentQueue',
  MessageNotInflight: 'AWS.SimpleQueueService.MessageNotInflight',
  UnsupportedOperation: 'AWS.SimpleQueueService.UnsupportedOperation',
  ReceiptHandleIsInvalid: 'ReceiptHandleIsInvalid',
  InvalidMessageContents: 'InvalidMessageContents',
  InvalidParameterValueException: 'InvalidParameterValue',
  MissingRequiredParameterException: 'MissingParameter',
  UnknownOperationException: 'InvalidAction',
} as const;

/**
 * A refusal of SQS. `name` is the error's shape in the AWS clients, where they have one.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html (checked 2026-11-28)
 */
export class SqsError extends Error {
  override readonly name: keyof typeof QUERY_CODES;

  constructor(name: keyof typeof QUERY_CODES, message: string) {
    super(message);
    this.name = name;
  }

  get queryCode(): string {
    return QUERY_CODES[this.name];
  }
}
