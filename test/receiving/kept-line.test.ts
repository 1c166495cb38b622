import { afterEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { deliveryOf } from '../../cli/kit/stage-deliveries.ts';
import type { PastDelivery } from '../../cli/kit/target.ts';
import { logKept } from '../../lib/receiving/kept-line.ts';
import type { Verified } from '../../lib/sources/source.ts';
import { captureLog } from '../support/log.ts';
import { openReceiveStage, type ReceiveStage } from '../support/receive-stage.ts';

const SECRET = 'the-secret-of-this-test';
const open = (keepsDeliveries: boolean) =>
  openReceiveStage({ secrets: { custom: [SECRET] }, keepsDeliveries });

let stage: ReceiveStage | undefined;
afterEach(async () => {
  await stage?.close();
  stage = undefined;
});

const post = (receive: ReceiveStage, body: string, secret = SECRET) =>
  receive.post('custom', {
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body,
  });
const keptIn = (output: string): readonly PastDelivery[] =>
  output.split('\n').flatMap((line) => deliveryOf(line) ?? []);

const PURCHASE = JSON.stringify({ event: 'order.paid', email: 'kim@example.com', order_id: 'a-1' });
const OF_NO_RULE = JSON.stringify({ event: 'form.submitted', email: 'kim@example.com', form: 'f' });

test('where it is switched on, what was accepted is in the log, without its proof, and once', async () => {
  stage = await open(true);
  await post(stage, PURCHASE);
  await post(stage, PURCHASE);
  await post(stage, OF_NO_RULE);
  await post(stage, 'no JSON');
  await post(stage, PURCHASE, 'a wrong secret of this test');

  const output = stage.output();
  const kept = keptIn(output);
  expect(kept.map(({ delivery }) => `${delivery.body}`)).toEqual([PURCHASE, OF_NO_RULE, 'no JSON']);
  expect(kept[0]).toMatchObject({
    id: 'a-reques',
    source: 'custom',
    delivery: {
      receivedAt: stage.now(),
      headers: { authorization: '', 'content-type': 'application/json' },
    },
  });
  expect(output).not.toContain('kim@example.com');
  expect(output).not.toContain(SECRET);
});

test('where it is not switched on, the log holds no body', async () => {
  stage = await open(false);
  await post(stage, PURCHASE);
  expect(stage.logged()).toMatchObject([{ message: 'delivery', status: 'queued' }]);
});

const verified = (body: Uint8Array): Verified =>
  ({ headers: {}, body: Buffer.from(body), receivedAt: 0 }) as unknown as Verified;
const queued = { status: 'queued', rules: [], add: [], remove: [] } as unknown as Parameters<
  typeof logKept
>[1];

/** The line of a body, as the log has it. */
function lineOf(body: Uint8Array): string {
  const log = captureLog();
  try {
    logKept(verified(body), queued);
    return log.text();
  } finally {
    log.restore();
  }
}

test('any body comes back byte for byte, the longest that Wix and Shopify send, too', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20_000 }), (body) => {
      const line = lineOf(body).replace('"message":"kept"', '"message":"kept","source":"custom"');
      expect(deliveryOf(line)?.delivery.body).toEqual(Buffer.from(body));
    }),
    { examples: [[new Uint8Array()], [Uint8Array.from({ length: 20_000 }, (_, n) => n ** 3)]] },
  );
});

test('a line is never longer than an event of CloudWatch: what does not fit is left out', () => {
  // Noise, which gzip makes no smaller.
  let seed = 1;
  const noise = Uint8Array.from({ length: 151_000 }, () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed;
  });
  expect(lineOf(noise)).toBe('');
  const line = lineOf(noise.subarray(0, 149_000));
  expect(line.length).toBeGreaterThan(190_000);
  expect(line.length).toBeLessThan(220_000);
});
