import type { CloudFormationResource } from '../../scripts/template.ts';

/** One value of the alarm's metric, at a time in seconds. */
export interface Datum {
  readonly at: number;
  readonly value: number;
}

interface AlarmProperties {
  readonly Statistic: 'Sum' | 'Maximum';
  readonly Period: number;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm?: number;
  readonly Threshold: number;
  readonly ComparisonOperator: 'GreaterThanOrEqualToThreshold' | 'GreaterThanThreshold';
  readonly TreatMissingData: 'notBreaching';
}

/**
 * Whether an alarm rings, as CloudWatch says that it looks at it: at the last periods before now, of which
 * so many must breach. Here missing data never does.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html (checked 2026-11-22)
 */
export function rings({ Properties }: CloudFormationResource, data: readonly Datum[], now: number) {
  const alarm = Properties as unknown as AlarmProperties;
  if (alarm.TreatMissingData !== 'notBreaching') throw new Error('Not told here.');
  const { Period, EvaluationPeriods, DatapointsToAlarm = EvaluationPeriods } = alarm;
  const periods = Array.from({ length: EvaluationPeriods }, (_, index) => {
    const end = now - index * Period;
    return data.filter(({ at }) => at < end && at >= end - Period).map(({ value }) => value);
  });
  return periods.filter((values) => breaches(alarm, values)).length >= DatapointsToAlarm;
}

function breaches(
  { Statistic, ComparisonOperator, Threshold }: AlarmProperties,
  values: readonly number[],
): boolean {
  if (values.length === 0) return false;
  const value =
    Statistic === 'Sum' ? values.reduce((sum, one) => sum + one, 0) : Math.max(...values);
  return ComparisonOperator === 'GreaterThanThreshold' ? value > Threshold : value >= Threshold;
}
