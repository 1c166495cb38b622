import type { LogBytes } from '../../cost/measured.ts';
import { INVOCATION_BYTES } from '../../cost/usage.ts';
import { inBatches, purchaseEvent } from '../events.ts';
import type { CostStage } from './stage.ts';
import { AMPLE_MB } from './work.ts';

/** What one event of a kind writes to the log, in bytes; `label` is 0 when it never gets that far. */
export interface LogRow extends LogBytes {
  readonly kind: string;
  /** Lambda's own lines for the invocations. */
  readonly lambda: number;
  readonly bytes: number;
}

export interface Logs {
  readonly logs: readonly LogRow[];
  /** Custom metrics in the lines of all kinds: each set of dimension values is one. */
  readonly metrics: number;
}

export const LABELLED = 'queued and labelled';
export const REFUSED = 'a wrong signature';

const bytesOf = (lines: readonly string[]): number =>
  lines.reduce((sum, line) => sum + Buffer.byteLength(`${line}\n`), 0);

/** @param job the line of the job and those of its invocation; none: the event never gets to `label` */
export function logRow(
  kind: string,
  delivery: readonly string[],
  [job, ...invocation]: readonly string[] = [],
): LogRow {
  const receive = bytesOf(delivery);
  const label = job === undefined ? 0 : bytesOf([job]);
  const labelInvocation = bytesOf(invocation);
  const lambda = INVOCATION_BYTES * (job === undefined ? 1 : 2);
  const bytes = receive + label + labelInvocation + lambda;
  return { kind, receive, label, labelInvocation, lambda, bytes };
}

const messageOf = (line: string): string => JSON.parse(line).message;

/** Lines of `label`, one job an invocation: the job's, and the metrics that follow it. */
export function byInvocation(lines: readonly string[]): readonly (readonly string[])[] {
  const invocations: string[][] = [];
  for (const line of lines) {
    if (messageOf(line) === 'metrics') invocations.at(-1)?.push(line);
    else invocations.push([line]);
  }
  return invocations;
}

/** Lines of `receive` by delivery, each of which ends with a line of that name. */
export function byDelivery(lines: readonly string[]): readonly (readonly string[])[] {
  const deliveries: string[][] = [[]];
  for (const line of lines) {
    deliveries.at(-1)?.push(line);
    if (messageOf(line) === 'delivery') deliveries.push([]);
  }
  return deliveries.slice(0, -1);
}

interface Directive {
  readonly Dimensions: readonly (readonly string[])[];
  readonly Metrics: readonly { readonly Name: string }[];
}

/** How many custom metrics are in lines of the embedded metric format. */
export function countMetrics(lines: readonly string[]): number {
  const series = lines.flatMap((line) => {
    const fields = JSON.parse(line);
    const directives: readonly Directive[] = fields._aws?.CloudWatchMetrics ?? [];
    return directives.flatMap(({ Dimensions, Metrics }) =>
      Dimensions.flatMap((dimensions) =>
        Metrics.map(({ Name }) => [Name, ...dimensions.map((name) => fields[name])].join(' ')),
      ),
    );
  });
  return new Set(series).size;
}

/** Sends both bundles an event of each kind, and measures the lines that they write. */
export async function measureLogs({ run, customers, takeJobs }: CostStage): Promise<Logs> {
  const first = purchaseEvent(customers.next().number);
  let strangers = 1_000_000;
  const stranger = (options: object = {}) => purchaseEvent(strangers++, options);
  const kinds: readonly (readonly [name: string, status: string, event: object])[] = [
    [LABELLED, 'queued', first],
    ['its contact is not there yet: one try', 'queued', stranger()],
    ['no rule matches', 'ignored', stranger({ topic: 'orders/create' })],
    ['a topic of no interest', 'ignored', stranger({ topic: 'products/update' })],
    ['a duplicate', 'duplicate', first],
    [REFUSED, 'refused', stranger({ signature: `${'x'.repeat(43)}=` })],
    ['cannot be read: a dead letter', 'dead-letter', stranger({ body: 'no JSON' })],
  ];
  // The first purchase of a process also asks for keys of labels, so its lines are not those of the next.
  const events = [purchaseEvent(customers.next().number), ...kinds.map(([, , event]) => event)];
  const received = await run('receive', events, AMPLE_MB);
  const labelled = await run('label', inBatches(takeJobs(), 1), AMPLE_MB);
  const deliveries = byDelivery(received.lines).slice(1);
  const invocations = byInvocation(labelled.lines).slice(1);
  expectField(
    deliveries.map((lines) => lines.at(-1)),
    'status',
    kinds.map(([, status]) => status),
  );
  expectField(
    invocations.map(([job]) => job),
    'outcome',
    ['done', 'retry'],
  );
  return {
    logs: kinds.map(([kind], at) => logRow(kind, deliveries[at] ?? [], invocations[at])),
    metrics: countMetrics([...received.lines, ...labelled.lines]),
  };
}

/** @throws Error unless there is one such line an event, each with the expected value in the field */
function expectField(
  lines: readonly (string | undefined)[],
  field: string,
  expected: readonly string[],
): void {
  const found = lines.map((line) => String(JSON.parse(line ?? '{}')[field]));
  if (found.join() === expected.join()) return;
  throw new Error(`The log's ${field} should be ${expected}, line by line, and is ${found}.`);
}
