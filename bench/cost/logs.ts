import { bill } from '../../cost/bill.ts';
import { INVOCATION_BYTES, type LogBytes, logUsage } from '../../cost/usage.ts';
import { batchOf, type Customers } from './events.ts';
import type { Stage } from './stage.ts';

/** What one event of a kind writes to the log, in bytes; `label` is 0 when it never gets that far. */
export interface LogRow extends LogBytes {
  readonly kind: string;
  /** Lambda's own lines for the invocations. */
  readonly lambda: number;
  readonly bytes: number;
  /** Dollars of a million such events: taken in, and kept for a month. */
  readonly usdAMillion: number;
}

export interface Logs {
  readonly logs: readonly LogRow[];
  /** Custom metrics that the lines of all kinds told of, each set of dimension values by itself. */
  readonly metrics: number;
}

export const LABELLED = 'queued and labelled';
export const REFUSED = 'a wrong signature';

/** The lines of one invocation of `label` for one job: the job's, and what comes with the invocation. */
export interface LabelLines {
  readonly job: string;
  readonly invocation: readonly string[];
}

const bytesOf = (...lines: readonly string[]): number =>
  lines.reduce((sum, line) => sum + Buffer.byteLength(`${line}\n`), 0);

/** @param labelled undefined: the event never gets to `label` */
export function logRow(
  kind: string,
  receiveLines: readonly string[],
  labelled?: LabelLines,
): LogRow {
  const receive = bytesOf(...receiveLines);
  const label = labelled === undefined ? 0 : bytesOf(labelled.job);
  const labelInvocation = bytesOf(...(labelled?.invocation ?? []));
  const lambda = INVOCATION_BYTES * (label === 0 ? 1 : 2);
  const bytes = receive + label + labelInvocation + lambda;
  const usdAMillion = bill(logUsage(1e6 * bytes)).usd;
  return { kind, receive, label, labelInvocation, lambda, bytes, usdAMillion };
}

const isMetrics = (line: string): boolean => JSON.parse(line).message === 'metrics';

/** Lines of invocations with one job each: a job's, and the metrics of the invocation after it. */
export function byInvocation(lines: readonly string[]): readonly LabelLines[] {
  const invocations: { job: string; invocation: string[] }[] = [];
  for (const line of lines) {
    if (isMetrics(line)) invocations.at(-1)?.invocation.push(line);
    else invocations.push({ job: line, invocation: [] });
  }
  return invocations;
}

/** Lines of `receive` by delivery: what it is begun with, where it is told, and what became of it. */
export function byDelivery(lines: readonly string[]): readonly (readonly string[])[] {
  const deliveries: string[][] = [];
  let begun: string[] = [];
  for (const line of lines) {
    begun.push(line);
    if (JSON.parse(line).message !== 'delivery') continue;
    deliveries.push(begun);
    begun = [];
  }
  return deliveries;
}

interface Directive {
  readonly Dimensions: readonly (readonly string[])[];
  readonly Metrics: readonly { readonly Name: string }[];
}

/** How many custom metrics lines of the embedded metric format tell of. */
export function countMetrics(lines: readonly string[]): number {
  const series = new Set<string>();
  for (const line of lines) {
    const fields = JSON.parse(line);
    const directives: readonly Directive[] = fields._aws?.CloudWatchMetrics ?? [];
    for (const { Dimensions, Metrics } of directives) {
      for (const dimensions of Dimensions) {
        const values = dimensions.map((name) => fields[name]);
        for (const { Name } of Metrics) series.add([Name, ...values].join(' '));
      }
    }
  }
  return series.size;
}

/** Has both bundles meet an event of each kind, and measures the lines that they write. */
export async function measureLogs(stage: Stage, customers: Customers): Promise<Logs> {
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
  // The first purchase of a process asks for keys of labels as well: its lines are not those of the next.
  const events = [purchase(), ...kinds.map(([, , event]) => event)];
  const received = await stage.run('receive', events, 512);
  const batches = stage.peers.jobs.splice(0).map((job) => batchOf([job]));
  const labelled = await stage.run('label', batches, 512);
  const deliveries = byDelivery(received.lines).slice(1);
  expectLines(
    deliveries.map((lines) => lines.at(-1) ?? ''),
    'status',
    kinds.map(([, status]) => status),
  );
  const invocations = byInvocation(labelled.lines).slice(1);
  expectLines(
    invocations.map(({ job }) => job),
    'outcome',
    ['done', 'retry'],
  );
  const rowOf = (name: string, at: number): LogRow =>
    logRow(name, deliveries[at] ?? [], invocations[at]);
  return {
    logs: kinds.map(([name], at) => rowOf(name, at)),
    metrics: countMetrics([...received.lines, ...labelled.lines]),
  };
}

/** @throws Error unless there is one such line an event, and each says what became of it */
function expectLines(lines: readonly string[], field: string, expected: readonly string[]): void {
  const found = lines.map((line) => String(JSON.parse(line)[field]));
  if (found.join() !== expected.join()) {
    throw new Error(`The log's ${field} should be ${expected}, line by line, and is ${found}.`);
  }
}
