import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Exchange, type Peers, SITE, startPeers } from '../../bench/peers.ts';
import { selfSigned } from '../../simulators/certificate.ts';

const tls = selfSigned(Date.now());
const exchanges: Exchange[] = [];
let peers: Peers;
beforeAll(async () => {
  peers = await startPeers({ tls, onExchange: (exchange) => exchanges.push(exchange) });
});
afterAll(() => peers.close());

async function ask(target: string, input: object): Promise<unknown> {
  const headers = { 'x-amz-target': target };
  const options = { method: 'POST', headers, ca: tls.cert, agent: false as const };
  const sent = request(peers.url, options);
  sent.end(JSON.stringify(input));
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return json(response);
}

test('give the parameters that there are', async () => {
  const Names = ['WIX_SITE_ID', 'WIX_APP_ID'].map((name) =>
    peers.environment()[name]?.replace('ssm:', ''),
  );
  const answer = await ask('AmazonSSM.GetParameters', { Names });
  expect(answer).toMatchObject({
    Parameters: [{ Name: Names[0], Value: SITE }],
    InvalidParameters: [Names[1]],
  });
  expect(exchanges.at(-1)?.answer.body).toBe(JSON.stringify(answer));
});

test('keep a job once, and answer its duplicate with the same id', async () => {
  const send = (id: string, queue = 'jobs') =>
    ask('AmazonSQS.SendMessage', {
      QueueUrl: `${peers.url}/1/${queue}.fifo`,
      MessageBody: '{}',
      MessageGroupId: 'group',
      MessageDeduplicationId: id,
    });
  const first = await send('one');
  expect(await send('one')).toEqual(first);
  expect(await send('two')).not.toEqual(first);
  await send('three', 'dead-letters');
  expect(peers.takeJobs().map(({ group, body }) => [group, body])).toEqual([
    ['group', '{}'],
    ['group', '{}'],
  ]);
});
