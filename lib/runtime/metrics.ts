import { inScope, scope } from './scope.ts';

const NAMESPACE = 'Earmark';
const ALONE = ['FunctionName'] as const;
const BY_SOURCE = ['FunctionName', 'Source'] as const;
const BY_REASON = ['FunctionName', 'Reason'] as const;
const BY_ANSWER = ['FunctionName', 'Operation', 'Status'] as const;

/**
 * Every metric that production shows. What each counts is told in docs/architecture.md, whose table a test
 * holds against this one. `gather` says what several notes of one invocation become: their `sum`, the
 * `most` of them, or `each` by itself.
 *
 * Each set of dimension values is a metric of its own, and is paid for: a site, an event or a contact is
 * never one, nor is what a sender wrote.
 */
export const METRICS = {
  Received: { unit: 'Count', dimensions: BY_SOURCE, gather: 'sum' },
  Verified: { unit: 'Count', dimensions: BY_SOURCE, gather: 'each' },
  Ignored: { unit: 'Count', dimensions: ALONE, gather: 'sum' },
  Refused: { unit: 'Count', dimensions: BY_REASON, gather: 'sum' },
  Queued: { unit: 'Count', dimensions: ALONE, gather: 'sum' },
  DeadLettered: { unit: 'Count', dimensions: BY_REASON, gather: 'sum' },
  Labelled: { unit: 'Count', dimensions: ALONE, gather: 'sum' },
  Retried: { unit: 'Count', dimensions: BY_REASON, gather: 'sum' },
  JobAge: { unit: 'Seconds', dimensions: ALONE, gather: 'most' },
  EventToLabel: { unit: 'Milliseconds', dimensions: ALONE, gather: 'each' },
  WixCalls: { unit: 'Count', dimensions: BY_ANSWER, gather: 'sum' },
  LimiterWait: { unit: 'Milliseconds', dimensions: ALONE, gather: 'each' },
  BreakerOpen: { unit: 'Count', dimensions: ALONE, gather: 'most' },
} as const;

export type MetricName = keyof typeof METRICS;
type Named<N extends MetricName> = Exclude<
  (typeof METRICS)[N]['dimensions'][number],
  'FunctionName'
>;
type Values = Readonly<Record<string, string>>;

/** Keeps functions, and so stages, apart. */
const FunctionName = process.env.AWS_LAMBDA_FUNCTION_NAME ?? 'local';

/**
 * Notes a metric of the invocation that is under way, so that nobody passes a collector:
 * `note('Queued')`, `note('Retried', { Reason: 'throttled' })`, `note('LimiterWait', {}, 350)`.
 * @param values by which the metric is told apart: fixed words, never a sender's text
 */
export function addMetric<N extends MetricName>(
  name: N,
  ...[values, value = 1]: [Named<N>] extends [never]
    ? [values?: Readonly<Record<string, never>>, value?: number]
    : [values: Readonly<Record<Named<N>, string>>, value?: number]
): void {
  // Outside of an invocation nothing is gathered, so that nothing grows.
  const gathered = scope()?.series;
  // CloudWatch takes no line that holds another number.
  if (!gathered || !Number.isFinite(value)) return;
  const told: Values = values ?? {};
  const key = [name, ...Object.values(told)].join(' ');
  const series = gathered.get(key);
  if (!series) gathered.set(key, { name, values: told, noted: [value] });
  else if (METRICS[name].gather === 'each') series.noted.push(value);
  else series.noted[0] = combined(METRICS[name].gather, series.noted[0] ?? 0, value);
}

const combined = (gather: 'sum' | 'most', one: number, other: number): number =>
  gather === 'sum' ? one + other : Math.max(one, other);

/** Gathers what `work` notes. What is left when it ends, well or not, goes to `flush`. */
export async function gatherMetrics<T>(
  work: () => Promise<T>,
  flush: (document: MetricDocument) => void,
): Promise<T> {
  return inScope({ series: new Map() }, async () => {
    try {
      return await work();
    } finally {
      for (let left = takeMetrics(); left; left = takeMetrics()) flush(left);
    }
  });
}

interface Directive {
  readonly Namespace: string;
  readonly Dimensions: readonly (readonly string[])[];
  readonly Metrics: { readonly Name: string; readonly Unit: string }[];
}

/**
 * Members that make the JSON line they are put into a metric of CloudWatch as well, once `_aws` has the
 * Timestamp that the log adds. No other field of a line begins with a capital letter.
 */
export type MetricDocument = Readonly<Record<string, unknown>> & {
  readonly _aws: { readonly CloudWatchMetrics: readonly Directive[] };
};

/** The specification's bound on the values of one metric in one document. */
const MOST_VALUES = 100;

/**
 * Takes of what the invocation noted as much as one line can hold: a dimension has one value in it.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html (checked 2026-11-22)
 * @returns undefined when there is nothing (more)
 */
export function takeMetrics(): MetricDocument | undefined {
  const gathered = scope()?.series;
  if (!gathered?.size) return undefined;
  const root: Record<string, unknown> = { FunctionName };
  const directives: Directive[] = [];
  for (const [key, { name, values, noted }] of gathered) {
    if (root[name] !== undefined || !fits(root, values)) continue;
    const taken = noted.splice(0, MOST_VALUES);
    if (noted.length === 0) gathered.delete(key);
    Object.assign(root, values, { [name]: taken.length === 1 ? taken[0] : taken });
    const { dimensions, unit } = METRICS[name as MetricName];
    let directive = directives.find(({ Dimensions }) => Dimensions[0] === dimensions);
    if (!directive) {
      directive = { Namespace: NAMESPACE, Dimensions: [dimensions], Metrics: [] };
      directives.push(directive);
    }
    directive.Metrics.push({ Name: name, Unit: unit });
  }
  return { ...root, _aws: { CloudWatchMetrics: directives } };
}

const fits = (root: Readonly<Record<string, unknown>>, values: Values): boolean =>
  Object.entries(values).every(([name, value]) => (root[name] ?? value) === value);
