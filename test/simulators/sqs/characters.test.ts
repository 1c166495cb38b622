import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { deadLetterAttributes } from '../../../lib/queue/dead-letter.ts';
import { messageBody } from '../../../lib/queue/message.ts';
import { startQueuePair } from '../../support/queue-pair.ts';

let sqs: Awaited<ReturnType<typeof startQueuePair>>;
beforeAll(async () => {
  sqs = await startQueuePair();
});
afterAll(() => sqs.close());

let sent = 0;
async function send(MessageBody: string, detail?: string): Promise<void> {
  sent += 1;
  const ids = { MessageGroupId: `group-${sent}`, MessageDeduplicationId: `message-${sent}` };
  const MessageAttributes = detail && deadLetterAttributes({ reason: 'unreadable', detail });
  await sqs.client.send(
    new SendMessageCommand({
      QueueUrl: sqs.queueUrl,
      MessageBody,
      ...ids,
      ...(MessageAttributes && { MessageAttributes }),
    }),
  );
}

async function receive() {
  const { Messages = [] } = await sqs.client.send(
    new ReceiveMessageCommand({ QueueUrl: sqs.queueUrl, MessageAttributeNames: ['All'] }),
  );
  const [{ Body = '', MessageAttributes = {} } = {}] = Messages;
  return { body: Body, detail: MessageAttributes.detail?.StringValue };
}

const EDGES = ['\u{10000}', '\u{10ffff}', '\u{1f600}', '\ud7ff', '\ue000', '\ufffd', '\t\n\r'];

test.each(EDGES)('%j goes through, in a body and in an attribute', async (character) => {
  await send(`a${character}b`, `c${character}d`);

  expect(await receive()).toEqual({ body: `a${character}b`, detail: `c${character}d` });
});

test.each(['\u{0}', '\u{b}', '\ufffe', '\uffff', '\ud800', '\udc00'])(
  '%j in a body is refused, as by SQS',
  async (character) => {
    await expect(send(`a${character}b`)).rejects.toMatchObject({
      name: 'InvalidMessageContents',
    });
  },
);

test('whatever a sender writes, what Earmark makes of it is taken and reads the same', async () => {
  const text = fc.string({
    unit: fc.oneof(
      fc.nat(0xffff).map((unit) => String.fromCharCode(unit)),
      fc.constantFrom(...EDGES, '\ufffe', '\uffff', '\ud800', '\udc00'),
    ),
  });
  await fc.assert(
    fc.asyncProperty(text, async (written) => {
      await send(messageBody({ written }));
      expect(JSON.parse((await receive()).body)).toEqual({ written });
    }),
  );
});
