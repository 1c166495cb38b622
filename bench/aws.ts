import { createHash } from 'node:crypto';

/** What SQS was given to keep. */
export interface SentMessage {
  readonly id: string;
  readonly body: string;
  readonly group: string;
}

/** Parameter Store and FIFO queues, as far as the functions use them. */
export interface Aws {
  /** What a request with this `X-Amz-Target` is answered; undefined when there is no such operation. */
  answer(target: string, body: string): object | undefined;
  /** The messages of a queue by its name, oldest first: who works one off takes it out. */
  messages(queue: string): SentMessage[];
}

/** What the AWS clients send: the operation is in `X-Amz-Target`, the rest is JSON. */
interface Input {
  readonly Names?: readonly string[];
  readonly QueueUrl?: string;
  readonly MessageBody?: string;
  readonly MessageGroupId?: string;
  readonly MessageDeduplicationId?: string;
}

/** @param parameters what Parameter Store holds, by path */
export function createAws(parameters: ReadonlyMap<string, string>): Aws {
  const queues = new Map<string, SentMessage[]>();
  const ids = new Map<string, string>();

  function messages(queue: string): SentMessage[] {
    const kept = queues.get(queue) ?? [];
    queues.set(queue, kept);
    return kept;
  }

  /** SQS drops a duplicate, and answers it with the first one's id. */
  function send(input: Input): object {
    const { QueueUrl = '', MessageBody: body = '', MessageGroupId: group = '' } = input;
    const key = `${QueueUrl} ${group} ${input.MessageDeduplicationId}`;
    const known = ids.get(key);
    const id = known ?? `message-${ids.size}`;
    ids.set(key, id);
    if (known === undefined) messages(QueueUrl.split('/').at(-1) ?? '').push({ id, body, group });
    // The client checks it.
    const MD5OfMessageBody = createHash('md5').update(body).digest('hex');
    return { MessageId: id, MD5OfMessageBody, SequenceNumber: String(ids.size).padStart(20, '0') };
  }

  const operations: Readonly<Record<string, (input: Input) => object>> = {
    'AmazonSSM.GetParameters': ({ Names = [] }) => ({
      Parameters: Names.flatMap((Name) => {
        const Value = parameters.get(Name);
        return Value === undefined ? [] : [{ Name, Type: 'SecureString', Value }];
      }),
      InvalidParameters: Names.filter((name) => !parameters.has(name)),
    }),
    'AmazonSQS.SendMessage': send,
    'AmazonSQS.ChangeMessageVisibility': () => ({}),
  };
  return { messages, answer: (target, body) => operations[target]?.(JSON.parse(body)) };
}
