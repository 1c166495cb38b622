import type { LogBytes } from '../../cost/measured.ts';
import { INVOCATION_BYTES } from '../../cost/usage.ts';
import { inBatches, purchaseEvent } from '../events.ts';
import type { CostStage } from './stage.ts';

type Line = ReturnType<typeof readLine>;

/** The fields of a line, and its bytes, its end included. */
const readLine = (line: string) => ({
  fields: JSON.parse(line),
  bytes: Buffer.byteLength(`${line}\n`),
});

/** Lines by event: the line with which a delivery begins has one that ends it, and a job's has metrics after it. */
export function byEvent(lines: readonly string[]): readonly (readonly Line[])[] {
  const events: Line[][] = [];
  for (const line of lines.map(readLine)) {
    const event = events.at(-1);
    const goesOn =
      line.fields.message === 'metrics' || event?.at(-1)?.fields.message === 'received';
    if (event && goesOn) event.push(line);
    else events.push([line]);
  }
  return events;
}

/** @param job the line of the job and those of its invocation; none: the event never gets to `label` */
export function logBytes(
  delivery: readonly Line[] = [],
  [job, ...invocation]: readonly Line[] = [],
): LogBytes {
  const sum = (lines: readonly Line[]) => lines.reduce((total, { bytes }) => total + bytes, 0);
  return { receive: sum(delivery), label: job?.bytes ?? 0, labelInvocation: sum(invocation) };
}

/** Bytes of Lambda's own lines for the invocations of an event, and of all that it makes appear in the log. */
export function withLambda(log: LogBytes) {
  const lambda = INVOCATION_BYTES * (log.label > 0 ? 2 : 1);
  return { ...log, lambda, sum: log.receive + log.label + log.labelInvocation + lambda };
}

/** How many custom metrics are in lines of the embedded metric format: each set of dimension values is one. */
export function countMetrics(lines: readonly Line[]): number {
  const series = new Set<string>();
  for (const { fields } of lines) {
    for (const { Dimensions, Metrics } of fields._aws?.CloudWatchMetrics ?? []) {
      for (const dimensions of Dimensions) {
        const values = dimensions.map((name: string) => fields[name]);
        for (const { Name } of Metrics) series.add([Name, ...values].join(' '));
      }
    }
  }
  return series.size;
}

/** Sends both bundles an event of each kind, and measures the lines that they write. */
export async function measureLogs({ run, purchases, takeJobs }: CostStage) {
  // The first purchase of a process also asks for keys of labels, so its lines are not those of the next.
  const [event = {}, warmUp = {}] = purchases(2);
  let strangers = 1_000_000;
  const stranger = (options: object = {}) => purchaseEvent(strangers++, options);
  const kinds = {
    'queued and labelled': ['queued', event],
    'its contact is not there yet: one try': ['queued', stranger()],
    'no rule matches': ['ignored', stranger({ topic: 'orders/create' })],
    'a topic of no interest': ['ignored', stranger({ topic: 'products/update' })],
    'a duplicate': ['duplicate', event],
    'a wrong signature': ['refused', stranger({ signature: `${'x'.repeat(43)}=` })],
    'cannot be read: a dead letter': ['dead-letter', stranger({ body: 'no JSON' })],
  } satisfies Readonly<Record<string, readonly [status: string, event: object]>>;
  const sent = Object.values(kinds);
  const received = await run('receive', [warmUp, ...sent.map(([, event]) => event)]);
  const labelled = await run('label', inBatches(takeJobs(), 1));
  const events = byEvent([...received.lines, ...labelled.lines]);
  const ends = events.map((lines) =>
    lines.flatMap(({ fields }) => fields.status ?? fields.outcome ?? []),
  );
  const expected = ['queued', ...sent.map(([status]) => status), 'done', 'done', 'retry'].join();
  if (`${ends}` !== expected) throw new Error(`The log should say ${expected}, and says ${ends}.`);
  const [, ...deliveries] = events.slice(0, 1 + sent.length);
  const [, ...jobs] = events.slice(1 + sent.length);
  const logs = Object.fromEntries(
    Object.keys(kinds).map((kind, at) => [kind, logBytes(deliveries[at], jobs[at])]),
  ) as Readonly<Record<keyof typeof kinds, LogBytes>>;
  return {
    logs,
    log: logs['queued and labelled'],
    /** Custom metrics in the lines of all kinds. */
    metrics: countMetrics(events.flat()),
  };
}
