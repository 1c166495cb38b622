import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openStage } from '../../../cli/kit/stage-target.ts';
import { logKept } from '../../../lib/receiving/kept-line.ts';
import { withLogFields } from '../../../lib/runtime/log.ts';
import { type AwsEndpoint, describedStack, startAwsEndpoint } from '../../support/aws-endpoint.ts';
import { earmarkHere } from '../../support/earmark.ts';
import { captureLog } from '../../support/log.ts';

const RULES = 'rules:\n  - { name: buyers, on: order.paid, add: [Customer] }\n';

/** The lines that `receive` writes of purchases with these totals. */
function linesOf(totals: readonly number[]): readonly string[] {
  const log = captureLog();
  for (const total of totals) {
    const order = { event: 'order.paid', email: 'kim@example.com', order_id: `${total}`, total };
    const body = Buffer.from(JSON.stringify({ ...order, currency: 'EUR' }));
    withLogFields({ source: 'custom', requestId: `${total}-of-this-test` }, () =>
      logKept(
        { headers: {}, body, receivedAt: Date.now() } as unknown as Parameters<typeof logKept>[0],
        { status: 'ignored', reason: 'no rule matched' },
      ),
    );
  }
  log.restore();
  return log.text().trim().split('\n');
}

let folder: string;
let aws: AwsEndpoint;
const asked: Readonly<Record<string, unknown>>[] = [];
const before = { ...process.env };
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'earmark-try-'));
  await writeFile(join(folder, 'rules.yml'), RULES);
  const big = "  - { name: big, on: order.paid, when: 'event.order.total > 100.0', add: [VIP] }\n";
  await writeFile(join(folder, 'other.yml'), `${RULES}${big}`);
  const pages = [...linesOf([20, 250]), '{"message":"kept","body":["cut'];
  aws = await startAwsEndpoint(({ action, input }) => {
    if (action !== 'FilterLogEvents') {
      return describedStack(`${input.StackName}`, {
        WebhookUrl: 'https://abc.example/webhooks/{source}',
        QueueUrl: 'https://sqs.example/1/jobs.fifo',
        DeadLetterQueueUrl: 'https://sqs.example/1/dead-letters.fifo',
      });
    }
    asked.push(input);
    const page = Number(input.nextToken ?? 0);
    if (`${input.logGroupName}`.includes('silent')) return { body: { events: [] } };
    const nextToken = page + 1 < pages.length ? { nextToken: `${page + 1}` } : {};
    return {
      body: { events: [{ message: pages[page], timestamp: 1, eventId: `${page}` }], ...nextToken },
    };
  });
  Object.assign(process.env, aws.env);
});
afterAll(async () => {
  process.env = before;
  await aws.stop();
  await rm(folder, { recursive: true });
});

test('other rules are tried on what the log of a stage holds', async () => {
  const { code, out, err } = await earmarkHere(['rules', 'try', 'other.yml', '--stage', 'prod'], {
    cwd: folder,
    openTarget: openStage,
  });
  expect(err).toBe('');
  expect(out).toMatch(
    /kim@example\.com {2}250-of-t\n {2}rules\.yml {2}\+Customer\n {2}other\.yml {2}\+Customer, \+VIP\n/,
  );
  expect(out).toContain('2 deliveries: 1 the same, 1 differs');
  expect(code).toBe(0);
  expect(asked[0]).toMatchObject({
    logGroupName: '/aws/lambda/earmark-prod-receive',
    filterPattern: '{ $.message = "kept" }',
  });
});

test('a stage that keeps none is said to, and how it would', async () => {
  const { code, err } = await earmarkHere(['rules', 'try', 'other.yml', '--stage', 'silent'], {
    cwd: folder,
    openTarget: openStage,
  });
  expect(err).toMatch(/^No delivery was kept in stage silent in \S+ since /);
  expect(err).toContain('--param keepDeliveries=true');
  expect(code).toBe(0);
});
