import { queueArn, queueName } from './address.ts';
import { SqsError } from './errors.ts';
import { createFifoQueue, type FifoQueue, type FifoQueueOptions } from './fifo-queue.ts';
import {
  checksums,
  type Kept,
  type MessageAttributes,
  sequenceNumber,
  toReceived,
} from './message.ts';

type Attributes = Readonly<Record<string, string>>;

/** What a queue is where CreateQueue says nothing else. */
const DEFAULTS: Attributes = {
  VisibilityTimeout: '30',
  MessageRetentionPeriod: '345600',
  MaximumMessageSize: '1048576',
};

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html (checked 2026-11-28) */
const REFUSED_CHARACTERS = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

interface SimulatedQueue {
  readonly attributes: Attributes;
  readonly fifo: FifoQueue;
}

/** What requests name, as the AWS client sends it over the wire; each operation reads its own. */
export interface Input {
  readonly QueueName?: string;
  readonly Attributes?: Attributes;
  readonly QueueUrl?: string | undefined;
  readonly MessageBody?: string;
  readonly MessageGroupId?: string;
  readonly MessageDeduplicationId?: string;
  readonly MessageAttributes?: MessageAttributes;
  readonly MaxNumberOfMessages?: number;
  readonly WaitTimeSeconds?: number;
  readonly MessageAttributeNames?: readonly string[];
  readonly MessageSystemAttributeNames?: readonly string[];
  /** Of a queue, or (the old name) system attributes of a message. */
  readonly AttributeNames?: readonly string[];
  readonly ReceiptHandle?: string;
  readonly VisibilityTimeout?: number;
  readonly Entries?: readonly (Input & { readonly Id: string })[];
}

/** SQS behind its protocol: FIFO queues by their URLs. Only the name at a URL's end counts. */
export interface Operations {
  /** @throws SqsError when there is none */
  queue(url: string | undefined): FifoQueue;
  /** @throws SqsError for what SQS refuses */
  perform(action: string, input: Input): object;
}

/**
 * @param now epoch milliseconds
 * @param keptOf what the queue of a name is to keep its messages in; default: memory
 */
export function createOperations(now: () => number, keptOf?: (name: string) => Kept): Operations {
  const queues = new Map<string, SimulatedQueue>();

  function queueAt(address: string | undefined): SimulatedQueue {
    const queue = queues.get(queueName(address));
    if (queue) return queue;
    throw new SqsError('QueueDoesNotExist', `There is no queue ${address}.`);
  }

  function createQueue({ QueueName: name = '', Attributes = {} }: Input): object {
    const attributes = { ...DEFAULTS, ...Attributes };
    if (attributes.FifoQueue !== 'true') {
      throw new SqsError('UnsupportedOperation', `${name}: there are FIFO queues alone here.`);
    }
    const kept = keptOf && { kept: keptOf(name) };
    const options = { name, ...times(attributes), ...redrive(attributes), ...kept };
    queues.set(name, { attributes, fifo: createFifoQueue(now, options) });
    return {};
  }

  function redrive({ RedrivePolicy }: Attributes): Pick<FifoQueueOptions, 'redrive'> {
    if (!RedrivePolicy) return {};
    const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(RedrivePolicy);
    const { fifo: deadLetters } = queueAt(deadLetterTargetArn);
    return { redrive: { maxReceiveCount: Number(maxReceiveCount), deadLetters } };
  }

  function sendMessage(input: Input): object {
    const { attributes: settings, fifo } = queueAt(input.QueueUrl);
    const { MessageBody: body = '', MessageAttributes: attributes = {} } = input;
    const { MessageGroupId: group, MessageDeduplicationId: deduplication } = input;
    if (!group || !deduplication) {
      const missing = 'MessageGroupId and MessageDeduplicationId are required.';
      throw new SqsError('MissingParameter', missing);
    }
    checkContents(body, attributes, Number(settings.MaximumMessageSize));
    const sent = fifo.send({ body, group, deduplication, attributes });
    const sums = checksums({ body, attributes });
    return {
      MessageId: sent.id,
      MD5OfMessageBody: sums.body,
      MD5OfMessageAttributes: sums.attributes,
      SequenceNumber: sequenceNumber(sent),
    };
  }

  function receiveMessage(input: Input): object {
    const { MaxNumberOfMessages = 1, VisibilityTimeout } = input;
    const forMs = VisibilityTimeout === undefined ? undefined : VisibilityTimeout * 1000;
    const received = queueAt(input.QueueUrl).fifo.receive(MaxNumberOfMessages, forMs);
    const system = input.MessageSystemAttributeNames ?? input.AttributeNames;
    const Messages = received.map(toReceived).map((message) => ({
      ...message,
      MessageAttributes: pick(message.MessageAttributes, input.MessageAttributeNames),
      Attributes: pick(message.Attributes, system),
    }));
    return Messages.length > 0 ? { Messages } : {};
  }

  function getQueueAttributes({ QueueUrl, AttributeNames }: Input): object {
    const { attributes, fifo } = queueAt(QueueUrl);
    const inFlight = fifo.peek().filter(({ visibleAt }) => visibleAt > now()).length;
    const all = {
      ...attributes,
      QueueArn: queueArn(queueName(QueueUrl)),
      ApproximateNumberOfMessages: `${fifo.size() - inFlight}`,
      ApproximateNumberOfMessagesNotVisible: `${inFlight}`,
      ApproximateNumberOfMessagesDelayed: '0',
    };
    return { Attributes: pick(all, AttributeNames) };
  }

  const queueOf = ({ QueueUrl }: Input): FifoQueue => queueAt(QueueUrl).fifo;

  const operations: Readonly<Record<string, (input: Input) => object>> = {
    CreateQueue: createQueue,
    SendMessage: sendMessage,
    ReceiveMessage: receiveMessage,
    GetQueueAttributes: getQueueAttributes,
    ChangeMessageVisibility(input) {
      queueOf(input).changeVisibility(input.ReceiptHandle ?? '', input.VisibilityTimeout ?? 0);
      return {};
    },
    DeleteMessage(input) {
      queueOf(input).remove([input.ReceiptHandle ?? '']);
      return {};
    },
  };

  /** Each entry by itself: the call succeeds where an entry fails. */
  function performEach(action: string, { QueueUrl, Entries = [] }: Input): object {
    const Successful: object[] = [];
    const Failed: object[] = [];
    for (const { Id, ...entry } of Entries) {
      try {
        Successful.push({ Id, ...perform(action, { ...entry, QueueUrl }) });
      } catch (error) {
        if (!(error instanceof SqsError)) throw error;
        Failed.push({ Id, Code: error.queryCode, Message: error.message, SenderFault: true });
      }
    }
    return { Successful, Failed };
  }

  function perform(action: string, input: Input): object {
    const operation = operations[action];
    if (operation) return operation(input);
    const single = action.replace(/Batch$/, '');
    if (single !== action && operations[single]) return performEach(single, input);
    throw new SqsError('InvalidAction', `The stand-in for SQS has no ${action}.`);
  }

  return { queue: (url) => queueAt(url).fifo, perform };
}

function times({ VisibilityTimeout, MessageRetentionPeriod }: Attributes) {
  return {
    visibilityMs: Number(VisibilityTimeout) * 1000,
    retentionMs: Number(MessageRetentionPeriod) * 1000,
  };
}

/** @throws SqsError for what is empty, too large, or has characters that SQS refuses */
function checkContents(body: string, attributes: MessageAttributes, most: number): void {
  const texts = [body, ...Object.values(attributes).map(({ StringValue = '' }) => StringValue)];
  if (texts.some((text) => REFUSED_CHARACTERS.test(text))) {
    throw new SqsError('InvalidMessageContents', 'Characters outside of what SQS allows.');
  }
  const parts = Object.entries(attributes).flatMap(([name, one]) => [name, one.DataType]);
  const bytes = Buffer.byteLength([...texts, ...parts].join(''));
  if (body === '' || bytes > most) {
    const why = `The message has ${bytes} bytes: it must have a body, and ${most} bytes at most.`;
    throw new SqsError('InvalidParameterValue', why);
  }
}

/** Those of the names that were asked for: `All`, a name, or the beginning of names (`order.*`). */
function pick<T>(
  all: Readonly<Record<string, T>> | undefined,
  names: readonly string[] = [],
): Record<string, T> | undefined {
  const isWanted = (name: string): boolean =>
    names.some((one) =>
      one.endsWith('*') ? name.startsWith(one.slice(0, -2)) : one === 'All' || one === name,
    );
  const found = Object.entries(all ?? {}).filter(([name]) => isWanted(name));
  return found.length > 0 ? Object.fromEntries(found) : undefined;
}
