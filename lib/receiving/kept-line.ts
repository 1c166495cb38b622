import { gzipSync } from 'node:zlib';
import { emptied } from '../queue/kept-delivery.ts';
import { log, requestId } from '../runtime/log.ts';
import type { Verified } from '../sources/source.ts';
import type { ReceiveResult } from './delivery-line.ts';

/** What was accepted, and not once before. */
const KEPT: ReadonlySet<ReceiveResult['status']> = new Set(['queued', 'ignored', 'dead-letter']);
/** Characters of a text that the log does not cut (lib/runtime/log-line.ts). */
const PIECE = /.{1,2000}/g;
/**
 * Lambda cuts what is longer than an event of CloudWatch may be, 256 KB, and nobody can read the rest. The headers are
 * in the line, too.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html (checked 2026-11-28)
 */
const LONGEST_BODY = 200_000;

/** The line `kept`: a delivery that was accepted as its sender sent it, without its proofs; gzip, in base64. */
export function logKept({ headers, body, receivedAt }: Verified, { status }: ReceiveResult): void {
  if (!KEPT.has(status)) return;
  const written = gzipSync(body).toString('base64');
  if (written.length > LONGEST_BODY) return;
  log.info('kept', {
    id: `${requestId()}`.slice(0, 8),
    receivedAt: new Date(receivedAt).toISOString(),
    headers: emptied(headers),
    body: written.match(PIECE) ?? [],
  });
}
