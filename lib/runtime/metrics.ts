const NAMESPACE = 'Earmark';

/**
 * Makes the log line it is spread into a metric of CloudWatch as well (its embedded metric format):
 * `log.error('breaker', { state: 'open', ...metrics({ BreakerOpen: 1 }, { site }) })`. The line's time
 * is the metric's; `log` adds it.
 *
 * A metric's name must be no other field's of the line: fields are camelCase, so write BreakerOpen.
 * Each set of dimension values is a metric of its own, and is paid for: sites and reasons, never
 * events or contacts.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html (checked 2026-11-21)
 *
 * @param counts what is counted: 1 to 100 names with finite numbers
 * @param dimensions 0 to 9 names with texts, by which the metrics are told apart
 */
export function metrics(
  counts: Readonly<Record<string, number>>,
  dimensions: Readonly<Record<string, string>>,
) {
  const directive = {
    Namespace: NAMESPACE,
    Dimensions: [Object.keys(dimensions)],
    Metrics: Object.keys(counts).map((Name) => ({ Name, Unit: 'Count' })),
  };
  return { ...dimensions, ...counts, _aws: { CloudWatchMetrics: [directive] } };
}
