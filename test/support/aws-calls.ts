// Every AWS call of both functions, as an entry of its own that a test bundles.
import { createSqsClient } from '../../lib/queue/client.ts';
import { createQueue } from '../../lib/queue/queue.ts';
import { readParameters } from '../../lib/runtime/parameters.ts';

/** The calls by name, on clients that are made anew. */
export function awsCalls(queueUrl: string) {
  const queue = createQueue({ client: createSqsClient(), queueUrl, deadLetterQueueUrl: queueUrl });
  return {
    deadLetter: () =>
      queue.deadLetter({
        reason: 'contact-not-found',
        detail: 'Ünïcode & <markup> 🙂',
        httpStatus: 404,
        body: '{"a":"ü"}',
        group: 'group',
        deduplication: 'once',
      }),
    postpone: () => queue.postpone('a receipt handle/+=', 30),
    readParameters: async () => [...(await readParameters(['/earmark/a', '/earmark/b']))],
  };
}
