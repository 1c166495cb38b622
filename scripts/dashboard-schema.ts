import * as z from 'zod';

const grid = {
  width: z.int().min(1).max(24),
  height: z.int().min(1).max(1000),
};
const axis = z.strictObject({ min: z.optional(z.number()), max: z.optional(z.number()) });
const period = z.optional(z.int().multipleOf(60).min(60));
const side = z.enum(['left', 'right']);
const line = z.strictObject({
  label: z.optional(z.string()),
  stat: z.optional(z.string()),
  yAxis: z.optional(side),
});
const expression = z.strictObject({ expression: z.string(), label: z.string(), period });

/**
 * The form of a dashboard, as far as this project uses it.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html (checked 2026-11-22)
 */
export const DashboardBody = z.strictObject({
  start: z.string().regex(/^-P(?:T\d+[HM]|\d+[DWM])$/),
  widgets: z
    .array(
      z.discriminatedUnion('type', [
        z.strictObject({
          type: z.literal('text'),
          ...grid,
          properties: z.strictObject({ markdown: z.string() }),
        }),
        z.strictObject({
          type: z.literal('alarm'),
          ...grid,
          properties: z.strictObject({
            title: z.string(),
            alarms: z.array(z.string()).min(1).max(100),
          }),
        }),
        z.strictObject({
          type: z.literal('metric'),
          ...grid,
          properties: z.strictObject({
            title: z.string(),
            region: z.literal(`\${AWS::Region}`),
            stat: z.optional(z.string()),
            period,
            stacked: z.optional(z.boolean()),
            metrics: z
              .array(
                z.union([
                  z.tuple([expression]),
                  z.tuple([z.string(), z.string()], z.union([z.string(), line])),
                ]),
              )
              .min(1)
              .max(500),
            annotations: z.optional(
              z.strictObject({
                horizontal: z.array(z.strictObject({ label: z.string(), value: z.number() })),
              }),
            ),
            yAxis: z.optional(z.strictObject({ left: z.optional(axis), right: z.optional(axis) })),
          }),
        }),
      ]),
    )
    .max(500),
});
