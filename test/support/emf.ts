import * as z from 'zod';

/**
 * What the specification says of the metadata. Members it does not know are refused.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html (checked 2026-11-22)
 */
const name = z.string().min(1).max(1024);
const Metadata = z.strictObject({
  Timestamp: z.int().positive(),
  CloudWatchMetrics: z
    .array(
      z.strictObject({
        Namespace: z.literal('Earmark'),
        Dimensions: z.array(z.array(name).max(30)).min(1),
        Metrics: z
          .array(z.strictObject({ Name: name, Unit: z.enum(['Count', 'Milliseconds', 'Seconds']) }))
          .min(1)
          .max(100),
      }),
    )
    .min(1),
});
/** CloudWatch takes no NaN and no infinity. */
const Values = z.union([z.number(), z.array(z.number()).min(2).max(100)]);

/** One metric of one line, as CloudWatch would take it. */
export interface Extracted {
  readonly name: string;
  readonly unit: string;
  readonly values: readonly number[];
  readonly dimensions: Readonly<Record<string, string>>;
}

/** Holds a line against the specification: each target is a member of the root. @throws ZodError, Error */
export function extracted(line: Record<string, unknown> = {}): Extracted[] {
  if (line._aws === undefined) return [];
  const { CloudWatchMetrics } = Metadata.parse(line._aws);
  const found = CloudWatchMetrics.flatMap(({ Dimensions, Metrics }) =>
    Dimensions.flatMap((set) => {
      const dimensions = Object.fromEntries(
        set.map((key) => [key, z.string().min(1).max(1024).parse(line[key])]),
      );
      return Metrics.map(({ Name, Unit }) => {
        const values = [Values.parse(line[Name])].flat();
        return { name: Name, unit: Unit, values, dimensions };
      });
    }),
  );
  const names = found.map(({ name: one }) => one);
  if (new Set(names).size < names.length) throw new Error(`twice in one line: ${names.join(', ')}`);
  return found;
}

/** The values by metric and dimension values, in the order of the lines: `Dead local bad-request`. */
export function seriesOf(metrics: readonly Extracted[]): Record<string, readonly number[]> {
  const all: Record<string, number[]> = {};
  for (const { name, dimensions, values } of metrics) {
    const key = [name, ...Object.values(dimensions)].join(' ');
    all[key] = [...(all[key] ?? []), ...values];
  }
  return all;
}
