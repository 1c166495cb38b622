import { expect, test } from '@jest/globals';
import { createReceiver } from '../../lib/receiving/receiver.ts';
import { compileRules } from '../../lib/rules/match.ts';
import type { FetchText } from '../../lib/sources/source.ts';
import { NOW } from '../sources/fixtures.ts';
import {
  CERTIFICATE,
  CERTIFICATE_URL,
  paypalDelivery,
  WEBHOOK_ID,
} from '../sources/paypal-delivery.ts';
import { captureLog } from '../support/log.ts';

const open = (fetchText: FetchText, secrets: readonly string[] = [WEBHOOK_ID]) =>
  createReceiver({
    secrets: async () => secrets,
    siteOf: () => undefined,
    rules: compileRules({ missing: 'wait', rules: [] }),
    clock: { now: () => NOW, after: () => () => {} },
    queue: { send: async () => 'queued', deadLetter: async () => {} },
    fetchText,
  });

// One process keeps its certificates, so each test names another.
const deliveryOf = (name: string) =>
  paypalDelivery(Buffer.from('{"id":"WH-1","event_type":"BILLING.PLAN.CREATED"}'), {
    'paypal-cert-url': `${CERTIFICATE_URL}-${name}`,
  });

test('what a source needs is fetched, and then the delivery is verified', async () => {
  const log = captureLog();
  const receive = open(async () => CERTIFICATE);
  expect(await receive('paypal', deliveryOf('there'))).toMatchObject({ status: 'ignored' });
  expect(log.text()).not.toContain(WEBHOOK_ID);
  log.restore();
});

test('what there is none of is refused', async () => {
  const receive = open(async () => undefined);
  expect(await receive('paypal', deliveryOf('none'))).toMatchObject({
    status: 'refused',
    refusal: 'signature',
  });
});

test('what cannot be had now accepts nothing, so that the sender comes again', async () => {
  const receive = open(() => Promise.reject(new Error('timed out')));
  await expect(receive('paypal', deliveryOf('slow'))).rejects.toThrow('could not be fetched');
});

test('a source that is closed fetches nothing', async () => {
  const receive = open(() => Promise.reject(new Error('timed out')), []);
  expect(await receive('paypal', deliveryOf('closed'))).toMatchObject({ refusal: 'closed' });
});
