import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { openWorker } from '../functions/label.ts';
import { createHandler, openReceiver } from '../functions/receive.ts';
import { loadRules } from '../lib/rules/authoring/load.ts';
import { compileRules } from '../lib/rules/match.ts';
import { signJwt } from '../samples/sign.ts';
import { createSqs } from '../simulators/sqs/sqs.ts';
import { createWixSimulator } from '../simulators/wix/simulator.ts';
import { API_KEY, NO_LIMIT, SITE_ID, START } from './support/jobs.ts';
import { captureLog } from './support/log.ts';
import { type Posted, secretsOf, webhookEvent } from './support/webhook.ts';

// The loop is closed: what Earmark does to a contact comes back to it as events, by Wix's webhook and
// by an automation of the site, and it must end.

const SECRET = 'a-secret-of-the-loop-test';
const MOST_ROUNDS = 50;

const RULES = `
rules:
  - name: customers
    on: order.paid
    add: [Customer]
  - name: whoever changes
    on: customer.updated
    add: [Known]
  - name: every change, a label of its own
    on: customer.updated
    add: '"Change " + event.id'
  - name: the site's automation
    on: custom
    add: [Customer]
`;

const { publicKey, privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

beforeEach(() => {
  captureLog();
});
afterEach(() => {
  jest.restoreAllMocks();
});

/** What Wix's webhook says of a change: the facts leave open whether `modifiedFields` is there, and how. */
const CHANGES: [string, { identity: object; modifiedFields?: object }][] = [
  ['names the labels, nested', { identity: {}, modifiedFields: { info: { labelKeys: {} } } }],
  ['names the labels, dotted', { identity: {}, modifiedFields: { 'info.labelKeys': {} } }],
  [
    'names labels and bookkeeping',
    {
      identity: { identityType: 'APP', appId: 'ours' },
      modifiedFields: { info: { labelKeys: {} }, revision: 1, updatedDate: '', lastActivity: {} },
    },
  ],
  ['names nothing, by an app', { identity: { identityType: 'APP', appId: 'ours' } }],
  ['names nothing, by a key', { identity: { identityType: 'WIX_USER', wixUserId: 'owner' } }],
  ['names nothing and nobody', { identity: {} }],
];

/** Lives until nothing comes back any more; gives how many rounds that took. */
async function close(change: (typeof CHANGES)[number][1]) {
  let time = START;
  const now = (): number => time;
  const sqs = createSqs(now);
  const { client, queueUrl, deadLetterQueueUrl } = sqs;
  const answers: { source: string; headers: Record<string, string>; body: string }[] = [];
  const wix = createWixSimulator({
    apiKey: API_KEY,
    siteId: SITE_ID,
    now,
    onContactUpdated: ({ contactId }) => {
      const event = {
        id: randomUUID(),
        entityFqdn: 'wix.contacts.v4.contact',
        slug: 'updated',
        entityId: contactId,
        eventTime: new Date(now()).toISOString(),
        updatedEvent: {
          currentEntity: wix.contact(contactId),
          ...(change.modifiedFields && { modifiedFields: change.modifiedFields }),
        },
      };
      const data = JSON.stringify({
        eventType: 'wix.contacts.v4.contact_updated',
        instanceId: SITE_ID,
        data: JSON.stringify(event),
        identity: JSON.stringify(change.identity),
      });
      const exp = Math.floor(now() / 1000) + 3600;
      answers.push({ source: 'wix', headers: {}, body: signJwt(privateKey, { data, exp }) });
      // An automation that answers every labelling, whether or not the label was new.
      answers.push({
        source: 'custom',
        headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' },
        body: JSON.stringify({ contact_id: contactId, event_id: randomUUID() }),
      });
    },
  });
  const ada = wix.addContact({ email: 'ada@example.com' });
  const urls = { queueUrl, deadLetterQueueUrl };
  const receiver = openReceiver(
    { ...urls, secrets: secretsOf({ wix: [publicKey], custom: [SECRET] }), siteOf: () => SITE_ID },
    client,
    compileRules(loadRules(RULES, 'loop.yml')),
  );
  const receive = createHandler(async () => receiver, now);
  const credentials = { kind: 'api-key', apiKey: API_KEY } as const;
  const work = openWorker(
    { ...urls, wixApiUrl: 'http://wix.test', credentials, ...NO_LIMIT },
    {
      client,
      fetch: wix.fetch,
      now,
      random: () => 0.5,
      sleep: async () => {},
      timeoutSignal: (ms) => AbortSignal.timeout(ms),
    },
  );
  async function post(source: string, posted: Posted): Promise<void> {
    const { statusCode } = await receive(webhookEvent(source, posted), {} as Context);
    expect(statusCode).toBe(200);
  }

  const paid = { event: 'order.paid', contact_id: ada, event_id: 'the-first' };
  const headers = { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' };
  await post('custom', { headers, body: JSON.stringify(paid) });
  let rounds = 0;
  for (; rounds < MOST_ROUNDS; rounds += 1) {
    time += 1_000;
    const records = await sqs.receive();
    const { batchItemFailures } = await work(records, () => 60_000);
    expect(batchItemFailures).toEqual([]);
    await sqs.remove(records);
    if (records.length === 0 && answers.length === 0) break;
    for (const { source, ...posted } of answers.splice(0)) await post(source, posted);
  }
  const labellings = wix.calls.filter(({ operation }) => operation === 'labelContact').length;
  return {
    rounds,
    labellings,
    labels: wix.labelNamesOf(ada),
    dead: sqs.deadLetters.peek(),
  };
}

describe('Earmark never answers its own work', () => {
  test.each(CHANGES)("Wix's contact_updated %s", async (_name, change) => {
    const { rounds, labellings, labels, dead } = await close(change);
    expect(labels).toEqual(['Customer']);
    expect(labellings).toBe(1);
    expect(rounds).toBeLessThan(5);
    expect(dead).toEqual([]);
  });
});
