import type { CloudFormationTemplate, TemplateCheck } from './template.ts';
import { environment, isOf, ofType, statements, target } from './template-parts.ts';

const TABLE = 'AWS::DynamoDB::Table';
const RATE = /^rate\((\d+) (minute|hour|day)s?\)$/;
const SECONDS: Readonly<Record<string, number>> = { minute: 60, hour: 3_600, day: 86_400 };

/** What a table has to have, by the property that has it. */
const OF_A_TABLE: Readonly<Record<string, unknown>> = {
  BillingMode: 'PAY_PER_REQUEST',
  SSESpecification: { SSEEnabled: true },
  PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
  TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
};

/** Functions, and whether they name a table in their environment and may use one. */
function users(template: CloudFormationTemplate) {
  return ofType(template, 'AWS::Lambda::Function').map(([name, lambda]) => ({
    name,
    namesIt: 'HISTORY_TABLE' in environment(lambda),
    mayUseIt: statements(template, target(lambda.Properties.Role)).some((one) =>
      isOf('dynamodb', one),
    ),
  }));
}

/** The seconds between two runs of a schedule; 0 for a form that this project does not use. */
function secondsOf(schedule: unknown): number {
  const [, count = 0, unit = ''] = RATE.exec(String(schedule)) ?? [];
  return Number(count) * (SECONDS[unit] ?? 0);
}

/** Checks of what is deployed where rules.yml has `labels:`; without them there is nothing to check. */
export const STANDING_CHECKS: readonly TemplateCheck[] = [
  {
    title: 'what customers did is encrypted, can be recovered, ends by itself, and costs by use',
    problems: (template) =>
      ofType(template, TABLE).flatMap(([name, { Properties }]) =>
        Object.entries(OF_A_TABLE)
          .filter(([key, value]) => JSON.stringify(Properties[key]) !== JSON.stringify(value))
          .map(([key, value]) => `${name} lacks ${key} ${JSON.stringify(value)}`),
      ),
  },
  {
    title: 'the functions that name the table may use it, and no other',
    problems: (template) =>
      users(template)
        .filter(({ namesIt, mayUseIt }) => namesIt !== mayUseIt)
        .map(({ name, mayUseIt }) => `${name} ${mayUseIt ? 'may' : 'may not'} use the table`),
  },
  {
    title: 'a right on a table is one on the table or an index of the template',
    problems: (template) =>
      ofType(template, 'AWS::IAM::Role').flatMap(([role]) =>
        statements(template, role)
          .filter((one) => isOf('dynamodb', one))
          .map(({ Resource }) => tableOf(Resource))
          .filter((table) => template.Resources[table]?.Type !== TABLE)
          .map(() => `${role} may use a table of another stack`),
      ),
  },
  {
    title: 'a run of a schedule ends before the next, and is not repeated',
    problems: (template) =>
      ofType(template, 'AWS::Events::Rule').flatMap(([rule, { Properties }]) => {
        const [first] = Properties.Targets as readonly { readonly Arn: unknown }[];
        const name = target(first?.Arn);
        const timeout = Number(template.Resources[name]?.Properties.Timeout);
        const seconds = secondsOf(Properties.ScheduleExpression);
        return [
          ...(timeout < seconds ? [] : [`${rule}: ${timeout} s of ${name} in ${seconds} s`]),
          ...(isRepeated(template, name) ? [`${name} is repeated where it fails`] : []),
        ];
      }),
  },
];

/** The logical id of the table in `!GetAtt Table.Arn` or `!Sub ${Table.Arn}/index/name`; '' for anything else. */
function tableOf(resource: unknown): string {
  const { 'Fn::Sub': text = '' } = Object(resource) as { 'Fn::Sub'?: string };
  return /^\$\{(\w+)\.Arn\}\/index\/\w+$/.exec(text)?.[1] ?? target(resource);
}

/** Lambda runs what was invoked by a schedule up to twice more, unless it says otherwise. */
function isRepeated(template: CloudFormationTemplate, name: string): boolean {
  const settings = ofType(template, 'AWS::Lambda::EventInvokeConfig').find(
    ([, { Properties }]) => target(Properties.FunctionName) === name,
  );
  return settings?.[1].Properties.MaximumRetryAttempts !== 0;
}
