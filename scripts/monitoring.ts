import type { CloudFormationResource, CloudFormationTemplate } from './template.ts';

/** A metric that an alarm or the dashboard names. References are written `!Ref X` and `!GetAtt X.Y`. */
export interface MetricUse {
  /** The alarm's logical id, or `Dashboard "the widget's title"`. */
  readonly where: string;
  readonly namespace: string;
  readonly name: string;
  /** A search gives only some of the values; the others are undefined. */
  readonly dimensions: Readonly<Record<string, string | undefined>>;
}

const ALARM = 'AWS::CloudWatch::Alarm';

/** Alarms by their logical ids. */
export function alarmsOf({
  Resources,
}: CloudFormationTemplate): [string, CloudFormationResource][] {
  return Object.entries(Resources).filter(([, { Type }]) => Type === ALARM);
}

/** The dashboard's body as JSON, its `${…}` as they stand. @throws SyntaxError where it is none */
export function dashboardBody({ Resources }: CloudFormationTemplate): unknown {
  const body = Resources.Dashboard?.Properties.DashboardBody as { 'Fn::Sub'?: string } | undefined;
  return JSON.parse(body?.['Fn::Sub'] ?? '');
}

interface MetricProperties {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions: readonly { readonly Name: string; readonly Value: unknown }[];
}
interface AlarmProperties extends Partial<MetricProperties> {
  readonly Metrics?: readonly { readonly MetricStat?: { readonly Metric: MetricProperties } }[];
}

/** The metrics of an alarm: its own, or those of its expression. */
export function alarmMetrics(where: string, { Properties }: CloudFormationResource): MetricUse[] {
  const { Metrics, ...own } = Properties as AlarmProperties;
  const metrics = Metrics?.flatMap(({ MetricStat }) => MetricStat?.Metric ?? []);
  return (metrics ?? [own as MetricProperties]).map(({ Namespace, MetricName, Dimensions }) => ({
    where,
    namespace: Namespace,
    name: MetricName,
    dimensions: Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, asText(Value)])),
  }));
}

/** An alarm has references as objects, the dashboard's text as `${X}` and `${X.Y}`. */
function asText(value: unknown): string {
  const { Ref, 'Fn::GetAtt': attribute } = Object(value) as {
    Ref?: string;
    'Fn::GetAtt'?: string[];
  };
  const [, inText] = /^\$\{([\w.]+)\}$/.exec(String(value)) ?? [];
  const name = Ref ?? attribute?.join('.') ?? inText;
  if (name === undefined) return String(value);
  return name.includes('.') ? `!GetAtt ${name}` : `!Ref ${name}`;
}

export interface MetricWidget {
  readonly type: 'metric';
  readonly properties: {
    readonly title: string;
    readonly metrics: readonly (readonly unknown[])[];
  };
}

/** The metrics of a widget of the dashboard. @throws Error for an expression that is not understood */
export function widgetMetrics({ properties }: MetricWidget): MetricUse[] {
  const where = `Dashboard "${properties.title}"`;
  return properties.metrics.flatMap((row) => {
    const [first] = row;
    if (first instanceof Object) return expressionMetrics(where, first as { expression?: string });
    const [namespace = '', name = '', ...pairs] = row.filter((part) => typeof part === 'string');
    const names = pairs.filter((_, index) => index % 2 === 0);
    const values = pairs.filter((_, index) => index % 2 === 1);
    const dimensions = Object.fromEntries(names.map((key, index) => [key, asText(values[index])]));
    return [{ where, namespace, name, dimensions }];
  });
}

/**
 * A search: `SEARCH('{Namespace,Dimension,…} MetricName="…" Dimension="…"', 'Sum', 300)`.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html (checked 2026-11-22)
 */
const SEARCH = /^(?:SUM\()?SEARCH\('\{([\w,/]+)\}((?: \w+="[^"']+")+)', '\w+', \d+\)\)?$/;

function expressionMetrics(
  where: string,
  { expression = '' }: { expression?: string },
): MetricUse[] {
  if (/^TIME_SERIES\(\d+\)$/.test(expression)) return [];
  const [, schema = '', terms = ''] = SEARCH.exec(expression) ?? [];
  const [namespace = '', ...names] = schema.split(',');
  const given = Object.fromEntries(
    [...terms.matchAll(/(\w+)="([^"]+)"/g)].map(([, key, value]) => [key, asText(value)]),
  );
  const { MetricName: name, ...values } = given;
  if (!namespace || !name)
    throw new Error(`${where} has an expression of no known form: ${expression}`);
  const dimensions = Object.fromEntries(names.map((key) => [key, values[key]]));
  return [{ where, namespace, name, dimensions: { ...dimensions, ...values } }];
}
