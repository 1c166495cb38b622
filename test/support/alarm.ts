import type { CloudFormationResource } from '../../scripts/template.ts';

/** One value of the alarm's metric, at a time in seconds. */
export interface Datum {
  readonly at: number;
  readonly value: number;
}

/** What came of the metrics of an alarm, by the ids of its expression; of an alarm of one metric, that. */
export type Reported = readonly Datum[] | Readonly<Record<string, readonly Datum[]>>;

type Statistic = 'Sum' | 'Maximum' | 'SampleCount';

interface MetricQuery {
  readonly Id: string;
  readonly Expression?: string;
  readonly MetricStat?: { readonly Period: number; readonly Stat: Statistic };
}

interface AlarmProperties {
  readonly Statistic: Statistic;
  readonly Period?: number;
  readonly Metrics?: readonly MetricQuery[];
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm?: number;
  readonly Threshold: number;
  readonly ComparisonOperator:
    | 'GreaterThanOrEqualToThreshold'
    | 'GreaterThanThreshold'
    | 'LessThanThreshold';
  readonly TreatMissingData: 'notBreaching';
}

/**
 * Whether an alarm rings, as CloudWatch says that it looks at it: at the last periods before now, of which
 * so many must breach. Here missing data never does.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html (checked 2026-11-22)
 */
export function rings(
  { Properties }: CloudFormationResource,
  reported: Reported,
  now: number,
): boolean {
  const alarm = Properties as unknown as AlarmProperties;
  if (alarm.TreatMissingData !== 'notBreaching') throw new Error('Not supported here.');
  const { EvaluationPeriods, DatapointsToAlarm = EvaluationPeriods } = alarm;
  const period = alarm.Period ?? alarm.Metrics?.find((one) => one.MetricStat)?.MetricStat?.Period;
  if (!period) throw new Error('The alarm has no period.');
  const periods = Array.from({ length: EvaluationPeriods }, (_, index) => {
    const end = now - index * period;
    return compared(alarm, reported, ({ at }) => at < end && at >= end - period);
  });
  return periods.filter((value) => breaches(alarm, value)).length >= DatapointsToAlarm;
}

/** What the alarm compares for one period; undefined where there is no data. */
function compared(
  { Statistic, Metrics }: AlarmProperties,
  reported: Reported,
  inPeriod: (datum: Datum) => boolean,
): number | undefined {
  if (!Metrics) return statistic(Statistic, (reported as readonly Datum[]).filter(inPeriod));
  const values = Object.fromEntries(
    Metrics.flatMap(({ Id, MetricStat }) => {
      const data = (reported as Readonly<Record<string, readonly Datum[]>>)[Id] ?? [];
      return MetricStat ? [[Id, statistic(MetricStat.Stat, data.filter(inPeriod))]] : [];
    }),
  );
  const { Expression = '' } = Metrics.find((one) => one.Expression) ?? {};
  return worked(Expression, values);
}

const IF =
  /^IF\((?<left>\w+)(?: \* (?<factor>\d+(?:\.\d+)?))? (?<operator>>=?) (?<right>\w+), (?<then>\w+), (?<otherwise>\w+)\)$/;

/**
 * The one form of metric math that alarms have here. Where an operand has no data there is no result.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html (checked 2026-11-28)
 */
function worked(
  expression: string,
  values: Readonly<Record<string, number | undefined>>,
): number | undefined {
  const {
    left,
    factor = '1',
    operator,
    right,
    then,
    otherwise,
  } = IF.exec(expression)?.groups ?? {};
  const operand = (text = ''): number | undefined =>
    /^\d+$/.test(text) ? Number(text) : values[text];
  const operands = [left, right, then, otherwise].map(operand);
  if (!left) throw new Error(`Not worked out here: ${expression}`);
  if (operands.includes(undefined)) return undefined;
  const [one = 0, other = 0, yes, no] = operands;
  const scaled = one * Number(factor);
  return (operator === '>' ? scaled > other : scaled >= other) ? yes : no;
}

function statistic(name: Statistic, data: readonly Datum[]): number | undefined {
  const values = data.map(({ value }) => value);
  if (values.length === 0) return undefined;
  if (name === 'SampleCount') return values.length;
  return name === 'Sum' ? values.reduce((sum, one) => sum + one, 0) : Math.max(...values);
}

function breaches(
  { ComparisonOperator, Threshold }: AlarmProperties,
  value: number | undefined,
): boolean {
  if (value === undefined) return false;
  switch (ComparisonOperator) {
    case 'GreaterThanThreshold':
      return value > Threshold;
    case 'GreaterThanOrEqualToThreshold':
      return value >= Threshold;
    case 'LessThanThreshold':
      return value < Threshold;
  }
}
