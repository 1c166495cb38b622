import { scope } from './scope.ts';
import { STANDING_METRICS } from './standing/metrics.ts';

const NAMESPACE = 'Earmark';
const ALONE = ['FunctionName'] as const;
const BY_SOURCE = ['FunctionName', 'Source'] as const;
const BY_REASON = ['FunctionName', 'Reason'] as const;
const BY_ANSWER = ['FunctionName', 'Operation', 'Status'] as const;

/**
 * Every metric of production; docs/architecture.md says what each counts. `gather`: what several values of one
 * invocation become. Each set of dimension values is paid for as a metric of its own: a site, an event, a
 * contact or a text of a sender is never a dimension.
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
  ...((process.env.STANDING_LABELS !== 'off' && STANDING_METRICS) as typeof STANDING_METRICS),
} as const;

export type MetricName = keyof typeof METRICS;
type Values = Readonly<Record<string, string>>;
/** A value for each dimension of the metric but the function's name. */
type Dimensions<N extends MetricName> = Readonly<
  Record<Exclude<(typeof METRICS)[N]['dimensions'][number], 'FunctionName'>, string>
>;

/** Keeps functions, and so stages, apart. */
const FunctionName = process.env.AWS_LAMBDA_FUNCTION_NAME ?? 'local';

/** Adds a metric to the invocation under way. @param dimensions fixed words, never a sender's text */
export function addMetric<N extends MetricName>(
  name: N,
  dimensions: Dimensions<N>,
  value = 1,
): void {
  // Outside of an invocation nothing is gathered.
  const gathered = scope()?.series;
  // CloudWatch takes no line that holds another number.
  if (!gathered || !Number.isFinite(value)) return;
  const values: Values = dimensions;
  const key = [name, ...Object.values(values)].join(' ');
  const series = gathered.get(key);
  if (!series) gathered.set(key, { name, values, added: [value] });
  else if (METRICS[name].gather === 'each') series.added.push(value);
  else series.added[0] = combined(METRICS[name].gather, series.added[0] ?? 0, value);
}

const combined = (gather: 'sum' | 'most', one: number, other: number): number =>
  gather === 'sum' ? one + other : Math.max(one, other);

/**
 * Fields that make a log line a metric of CloudWatch as well; the log adds the Timestamp to `_aws`. No other
 * field of a line begins with a capital letter.
 */
export type MetricDocument = Readonly<Record<string, unknown>> & {
  readonly _aws: { readonly CloudWatchMetrics: readonly object[] };
};

/** The specification allows so many values of one metric in a document. */
const MOST_VALUES = 100;

/**
 * Takes as many of the invocation's metrics as one line can hold: a dimension has only one value in a line.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html (checked 2026-11-22)
 * @returns undefined when there is nothing (more)
 */
export function flushMetrics(): MetricDocument | undefined {
  const gathered = scope()?.series;
  if (!gathered?.size) return undefined;
  const root: Record<string, unknown> = { FunctionName };
  const taken: MetricName[] = [];
  for (const [key, { name, values, added }] of gathered) {
    if (root[name] !== undefined || !fits(root, values)) continue;
    const first = added.splice(0, MOST_VALUES);
    if (added.length === 0) gathered.delete(key);
    Object.assign(root, values, { [name]: first.length === 1 ? first[0] : first });
    taken.push(name as MetricName);
  }
  const byDimensions = Map.groupBy(taken, (name) => METRICS[name].dimensions);
  const directives = Array.from(byDimensions, ([dimensions, names]) => ({
    Namespace: NAMESPACE,
    Dimensions: [dimensions],
    Metrics: names.map((name) => ({ Name: name, Unit: METRICS[name].unit })),
  }));
  return { ...root, _aws: { CloudWatchMetrics: directives } };
}

const fits = (root: Readonly<Record<string, unknown>>, values: Values): boolean =>
  Object.entries(values).every(([name, value]) => (root[name] ?? value) === value);
