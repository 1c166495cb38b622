import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { SAMPLE_BUYERS } from '../../samples/samples.ts';
import type { RecordedCall } from '../../simulators/wix/simulator.ts';
import {
  type Build,
  buildAll,
  messagesIn,
  startTestEngine,
  withProperties,
} from '../support/local-engine.ts';
import { isAlive, until } from '../support/until.ts';

/** More than three batches: two that die, twice, and work left for both workers after that. */
const CONTACTS = 35;
const LONGER_THAN_THE_TEST_MS = 3_600_000;

let build: Build;
let stop: (() => Promise<void>) | undefined;

beforeAll(async () => {
  build = await buildAll();
});
afterEach(async () => stop?.());
afterAll(() => build.remove());

test.each([
  ['before Wix did anything', {}],
  ['after Wix labelled, before the answer came', { applyBefore: true as const }],
])('nothing is lost when the workers are killed in mid-batch, %s', async (_, when) => {
  // Prepare
  const template = withProperties(build.template, 'JobQueue', { VisibilityTimeout: 2 });
  const { engine, wix, lines, post } = await startTestEngine({ ...build, template });
  stop = engine.stop;
  const contacts = Array.from({ length: CONTACTS }, (_each, n) => {
    const buyer = { ...SAMPLE_BUYERS.shopify, email: `buyer-${n}@example.com`, phone: '' };
    return { ...buyer, contactId: wix.addContact({ email: buyer.email }) };
  });
  const killed: number[] = [];
  /** Waits until both workers hang in a call, and kills them there. */
  const killInMidCall = async () => {
    const calls = wix.calls.length;
    wix.fault({ operation: 'labelContact', times: 2, delayMs: LONGER_THAN_THE_TEST_MS, ...when });
    await until(() => wix.calls.slice(calls).filter(isHanging).length === 2);
    const workers = engine.pids('label');
    for (const pid of workers) process.kill(pid, 'SIGKILL');
    wix.clearFaults();
    killed.push(...workers);
  };

  // Act: the first time with the first messages in hand, the second with two batches of the rest
  const posted = Promise.all(contacts.map((buyer) => post('shopify', { buyer })));
  await killInMidCall();
  await killInMidCall();
  await posted;
  await until(async () => (await messagesIn(engine, engine.queueUrl)) === 0);

  // Assess
  const labels = contacts.map(({ contactId }) => wix.labelNamesOf(contactId));
  expect(labels).toEqual(contacts.map(() => ['Customer', 'VIP']));
  expect(await messagesIn(engine, engine.deadLetterQueueUrl)).toBe(0);
  expect(new Set(killed).size).toBe(4);
  expect(killed.filter(isAlive)).toEqual([]);
  const again = lines.filter(({ outcome, receives }) => outcome === 'done' && receives !== 1);
  expect(again.length).toBeGreaterThanOrEqual(10);
});

const isHanging = ({ operation, status }: RecordedCall) =>
  operation === 'labelContact' && status === 0;
