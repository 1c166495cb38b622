import { bill, gigabytes, type Usage } from './bill.ts';
import { batchOf, type Customers } from './events.ts';
import type { Stage } from './stage.ts';

/** What one event of a kind writes to the log, in bytes. */
export interface LogRow {
  readonly kind: string;
  readonly receive: number;
  /** 0 when the kind never gets that far. */
  readonly label: number;
  /** Lambda's own lines for the invocations. */
  readonly lambda: number;
  readonly bytes: number;
  /** Dollars of a million such events: taken in, and kept for a month. */
  readonly usdAMillion: number;
}

export const LABELLED = 'queued and labelled';
export const REFUSED = 'a wrong signature';

const REQUEST_ID = '8fc6f963-411b-58b5-8483-a32130c0f45d';
/**
 * What Lambda writes around one invocation, in its text format, with figures of the usual length.
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html (checked 2026-11-22)
 */
const INVOCATION_LINES = `START RequestId: ${REQUEST_ID} Version: $LATEST
END RequestId: ${REQUEST_ID}
REPORT RequestId: ${REQUEST_ID}\tDuration: 201.67 ms\tBilled Duration: 202 ms\tMemory Size: 256 MB\tMax Memory Used: 101 MB\t
`;
/** What it adds when a process begins. */
const INIT_LINES = `INIT_START Runtime Version: nodejs:24.v10\tRuntime Version ARN: arn:aws:lambda:us-east-1::runtime:${'0'.repeat(64)}
Init Duration: 180.25 ms\t`;

export const INVOCATION_BYTES = Buffer.byteLength(INVOCATION_LINES);
export const INIT_BYTES = Buffer.byteLength(INIT_LINES);

/** Log bytes as AWS meters them, kept for a month. It compresses what it keeps; that is not taken off. */
export const logUsage = (bytes: number): Usage => ({
  logsIngestedGb: gigabytes(bytes),
  logsStoredGbMonths: gigabytes(bytes),
});

/** @param label undefined: the event never gets to `label` */
export function logRow(kind: string, receiveLine: string, labelLine?: string): LogRow {
  const bytesOf = (line: string): number => Buffer.byteLength(`${line}\n`);
  const receive = bytesOf(receiveLine);
  const label = labelLine === undefined ? 0 : bytesOf(labelLine);
  const lambda = INVOCATION_BYTES * (label === 0 ? 1 : 2);
  const bytes = receive + label + lambda;
  return { kind, receive, label, lambda, bytes, usdAMillion: bill(logUsage(1e6 * bytes)).usd };
}

/** Has both bundles meet an event of each kind, and measures the lines that they write. */
export async function measureLogs(stage: Stage, customers: Customers): Promise<readonly LogRow[]> {
  const { purchase, purchaseOfStranger } = customers;
  const first = purchase();
  const kinds: readonly (readonly [name: string, status: string, event: object])[] = [
    [LABELLED, 'queued', first],
    ['its contact is not there yet: one try', 'queued', purchaseOfStranger()],
    ['no rule matches', 'ignored', purchaseOfStranger({ topic: 'orders/create' })],
    ['a topic of no interest', 'ignored', purchaseOfStranger({ topic: 'products/update' })],
    ['a duplicate', 'duplicate', first],
    [REFUSED, 'refused', purchaseOfStranger({ signature: `${'x'.repeat(43)}=` })],
    ['cannot be read: a dead letter', 'dead-letter', purchaseOfStranger({ body: 'no JSON' })],
  ];
  const events = kinds.map(([, , event]) => event);
  const received = await stage.run('receive', events, 512);
  const batches = stage.peers.jobs.splice(0).map((job) => batchOf([job]));
  const labelled = await stage.run('label', batches, 512);
  expectLines(
    received.lines,
    'status',
    kinds.map(([, status]) => status),
  );
  expectLines(labelled.lines, 'outcome', ['done', 'retry']);
  return kinds.map(([name], at) => logRow(name, received.lines[at] ?? '', labelled.lines[at]));
}

/** @throws Error unless there is one line an event, and each says what became of it */
function expectLines(lines: readonly string[], field: string, expected: readonly string[]): void {
  const found = lines.map((line) => String(JSON.parse(line)[field]));
  if (found.join() !== expected.join()) {
    throw new Error(`The log's ${field} should be ${expected}, line by line, and is ${found}.`);
  }
}
