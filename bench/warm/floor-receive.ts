import { createHmac, timingSafeEqual } from 'node:crypto';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { AWS_TIMEOUTS } from '../../lib/runtime/aws.ts';

// The floor of a warm `receive`: the least that a careful hand would write for one platform and one
// rule. It verifies, parses and sends, and that is all: no other source, no rules file, no check of what
// it parsed, no dead letter, no log. The client has the same timeouts and tries as Earmark's.

const { QUEUE_URL, SHOPIFY_WEBHOOK_SECRET = '', WIX_SITE_ID } = process.env;
const client = new SQSClient({ maxAttempts: 2, requestHandler: AWS_TIMEOUTS });

export async function handler({
  headers,
  body = '',
  isBase64Encoded,
}: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const raw = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  const mac = createHmac('sha256', SHOPIFY_WEBHOOK_SECRET).update(raw).digest();
  const proof = Buffer.from(headers['x-shopify-hmac-sha256'] ?? '', 'base64');
  if (proof.length !== mac.length || !timingSafeEqual(proof, mac)) return { statusCode: 401 };
  const order = JSON.parse(raw.toString());
  if (order.financial_status === 'paid') {
    const id = mac.toString('hex');
    const job = {
      id,
      site: WIX_SITE_ID,
      contact: { email: order.email, phone: order.billing_address.phone },
      add: [
        'Customer',
        ...(Number(order.total_price) >= 200 && order.currency === 'USD' ? ['VIP'] : []),
      ],
      remove: [],
      cause: {
        source: 'shopify',
        eventId: headers['x-shopify-event-id'],
        topic: headers['x-shopify-topic'],
        rules: ['customers', 'big spenders'],
        occurredAt: order.updated_at,
        receivedAt: new Date().toISOString(),
      },
    };
    await client.send(
      new SendMessageCommand({
        QueueUrl: QUEUE_URL,
        MessageBody: JSON.stringify(job),
        MessageGroupId: `${WIX_SITE_ID}:${order.email}`,
        MessageDeduplicationId: id,
      }),
    );
  }
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    body: '{"status":"queued"}',
  };
}
