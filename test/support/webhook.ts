import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { SourceName } from '../../lib/events/event.ts';
import type { ReceiveSettings } from '../../lib/receiving/settings.ts';
import type { SampleDelivery } from '../../samples/samples.ts';
import { recordSecrets } from './log-watch/record.ts';

export interface Posted extends Partial<SampleDelivery> {
  readonly method?: string;
  readonly base64?: boolean;
}

/** A request to `/webhooks/<source>` as an HTTP API hands it to a function (payload 2.0). */
export function webhookEvent(
  source: string,
  { headers = {}, body = '', method = 'POST', base64 = false }: Posted,
): APIGatewayProxyEventV2 {
  const path = `/webhooks/${source}`;
  return {
    version: '2.0',
    routeKey: `${method} ${path}`,
    rawPath: path,
    headers,
    requestContext: { http: { method, path } },
    body: base64 ? Buffer.from(body).toString('base64') : body,
    isBase64Encoded: base64,
  } as unknown as APIGatewayProxyEventV2;
}

/** The secrets of a receiver whose other sources are closed. */
export const secretsOf = (
  open: Readonly<Record<SourceName, readonly string[]>>,
): ReceiveSettings['secrets'] => {
  recordSecrets(Object.values(open).flat());
  return async ({ name }) => open[name] ?? [];
};
