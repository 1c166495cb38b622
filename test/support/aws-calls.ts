// Every AWS call of the functions, as an entry of its own that a test bundles.
import { createSqsClient } from '../../lib/queue/client.ts';
import { createQueue } from '../../lib/queue/queue.ts';
import { readParameters } from '../../lib/runtime/parameters.ts';
import { createDynamoClient } from '../../lib/store/client.ts';
import { createHistoryStore } from '../../lib/store/dynamodb.ts';

/** The calls by name, on clients that are made anew. */
export function awsCalls(queueUrl: string) {
  const queue = createQueue({ client: createSqsClient(), queueUrl, deadLetterQueueUrl: queueUrl });
  const client = createDynamoClient();
  const store = createHistoryStore({ client, table: 'a-table', retentionMs: 1, now: () => 1 });
  const contact = { site: 'a-site', contactId: 'a-contact' };
  const said = { at: 1, state: { total: 0.1, number: 'ü 🙂', test: false } };
  const fact = {
    kind: 'order',
    source: 'shopify',
    id: '1',
    states: { 'order.paid': said },
  } as const;
  const state = { held: {}, begun: {}, references: [], definitions: 'abc', dueAt: 5 };
  return {
    readHistory: () => store.read(contact),
    addFacts: () => store.addFacts(contact, [fact]),
    removeFacts: () => store.removeFacts(contact, [fact]),
    saveState: () => store.saveState(contact, state, 1),
    due: () => store.due('a-site', 9, 10),
    listContacts: () => store.contacts('a-site', 10),
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
