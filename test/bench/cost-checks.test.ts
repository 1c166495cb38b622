import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { selfSigned } from '../../bench/cost/certificate.ts';
import { readDeployment } from '../../bench/cost/deployment.ts';
import { type Peers, startPeers } from '../../bench/cost/peers.ts';
import { judge, type Measurement } from '../../bench/cost/result.ts';
import { DEPLOYMENT, LOG, PLAYED, WORK } from '../support/cost.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');

function measurement(changes: Partial<Measurement> = {}): Measurement {
  return {
    work: WORK,
    logs: [LOG, { ...LOG, kind: 'a wrong signature', label: 0 }],
    metrics: 12,
    shapes: [PLAYED, { ...PLAYED, name: 'backlog', perMinute: 0 }],
    deployment: DEPLOYMENT,
    customers: { known: 10, labelled: 10 },
    ...changes,
  };
}
const withMemory = (receive: number, label: number): Measurement =>
  measurement({ deployment: { ...DEPLOYMENT, memoryMb: { receive, label } } });

describe('what is checked', () => {
  const failed = (changed: Measurement): readonly string[] =>
    judge(changed)
      .checks.filter(([passed]) => !passed)
      .map(([, what]) => what);

  test('passes with enough memory, and all labelled', () => {
    expect(failed(measurement())).toEqual([]);
  });

  test('fails when a customer has no label, and when there were none', () => {
    const unlabelled = measurement({ customers: { known: 10, labelled: 9 } });
    expect(failed(unlabelled)).toEqual(['labelled 9 of 10 customers']);
    expect(failed(measurement({ customers: { known: 0, labelled: 0 } }))).toHaveLength(1);
  });

  test('fails when the simulated worker lost an event', () => {
    const unsound = measurement({ shapes: [PLAYED, { ...PLAYED, sound: false }] });
    expect(failed(unsound)).toEqual(['the simulated worker lost nothing']);
  });

  test('fails when a function has less than 1.5 times the memory it held, or was not measured there', () => {
    const [receive, label] = failed(withMemory(128, 128)).slice(-2);
    expect(receive).toContain('receive has 128 MB, 1.28 times');
    expect(label).toContain('label has 128 MB, 1.16 times');
    expect(failed(withMemory(512, 384))).toEqual([
      expect.stringContaining('label has 384 MB, 0.00'),
    ]);
  });

  test('fails when receive would be late on a core half as fast', () => {
    // 100 ms of work at 128 / 1769 of a vCPU take 1,382 ms, where 880 are left.
    const late = failed(withMemory(128, 256))[0];
    expect(late).toContain('receive answers in time on a core 0.6 times slower');
  });
});

test('the tables follow the memory, and the day the traffic', () => {
  const { receive, label, fullDays, months } = judge(measurement());
  expect(receive.map(({ memoryMb }) => memoryMb)).toEqual(label.map(({ memoryMb }) => memoryMb));
  const spare = receive.map((row) => row.spare);
  expect(spare[0]).toBe(1.28);
  expect(spare.at(-1)).toBeUndefined();
  // Two workers for 86,400 s with an eighth of a GB each.
  expect(label[0]?.usdAFullDay).toBeCloseTo(0.125 * 2 * 86_400 * 0.0000133334, 10);
  // 1,000 events took 100 minutes.
  expect(fullDays.map(({ events }) => events)).toEqual([14_400]);
  expect(months.map(({ list }) => list.length)).toEqual([2, 2, 2]);
});

test('a log that was not measured is missed', () => {
  expect(() => judge(measurement({ logs: [LOG] }))).toThrow('"a wrong signature" was not measured');
});

test('the deployment is read from its template', () => {
  const handler = (name: string, MemorySize: number, Variables: object) => ({
    Type: 'AWS::Lambda::Function',
    Properties: {
      FunctionName: name,
      Handler: `${name}.handler`,
      MemorySize,
      Environment: { Variables },
    },
  });
  const Resources = {
    Receive: handler('receive', 320, { A: 'ssm:/a', B: 'ssm:/b', C: 'c' }),
    Label: handler('label', 192, { B: 'ssm:/b' }),
    Stage: {
      Type: 'AWS::ApiGatewayV2::Stage',
      Properties: {
        RouteSettings: {
          'POST /a': { ThrottlingRateLimit: 50 },
          'POST /b': { ThrottlingRateLimit: 40 },
        },
      },
    },
    First: { Type: 'AWS::CloudWatch::Alarm', Properties: {} },
    Second: { Type: 'AWS::CloudWatch::Alarm', Properties: {} },
    OfMath: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: { Metrics: [{ Expression: 'a + b' }, { MetricStat: {} }, { MetricStat: {} }] },
    },
    Dashboard: { Type: 'AWS::CloudWatch::Dashboard', Properties: {} },
  };
  expect(readDeployment({ Resources, Outputs: {} })).toEqual({
    memoryMb: { receive: 320, label: 192 },
    workers: 0,
    requestsPerSecond: 50,
    sources: 2,
    alarms: 4, // metrics that alarms watch
    dashboards: 1,
    parameters: 2,
  });
  const { Label: _, ...withoutLabel } = Resources;
  expect(() => readDeployment({ Resources: withoutLabel, Outputs: {} })).toThrow('label.handler');
});

test('the certificate is for the loopback address, for a day, and signed with its own key', () => {
  const { cert } = selfSigned(NOW);
  const read = new X509Certificate(cert);
  expect(read.verify(read.publicKey)).toBe(true);
  expect(read.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(read.validToDate).toEqual(new Date('2026-11-23T12:00:00Z'));
});

describe('the peers, over TLS', () => {
  let peers: Peers;
  beforeAll(async () => {
    const parameters = new Map([['/a', 'the value']]);
    peers = await startPeers({ apiKey: 'IST.key', siteId: 'site', parameters });
  });
  afterAll(() => peers.close());

  async function ask(target: string, input: object): Promise<unknown> {
    const headers = { 'x-amz-target': target };
    const options = { method: 'POST', headers, ca: peers.certificate.cert, agent: false as const };
    const sent = request(peers.url, options);
    sent.end(JSON.stringify(input));
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return json(response);
  }

  test('give the parameters that there are', async () => {
    const answer = await ask('AmazonSSM.GetParameters', { Names: ['/a', '/b'] });
    expect(answer).toMatchObject({ Parameters: [{ Name: '/a', Value: 'the value' }] });
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
    expect(peers.jobs.map(({ group, body }) => [group, body])).toEqual([
      ['group', '{}'],
      ['group', '{}'],
    ]);
  });
});
