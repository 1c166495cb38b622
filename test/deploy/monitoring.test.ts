import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { REMEDIES } from '../../cli/commands/dead-letters/reasons.ts';
import { CODE_SOURCES } from '../../lib/events/event.ts';
import { METRICS } from '../../lib/runtime/metrics.ts';
import { STANDING_RULES } from '../../samples/standing.ts';
import { alarmsOf } from '../../scripts/monitoring.ts';
import { MONITORING_CHECKS, metricsUsed, RUNBOOK } from '../../scripts/monitoring-checks.ts';
import { type CloudFormationTemplate, compileTemplate, ROOT } from '../../scripts/template.ts';

let template: CloudFormationTemplate;
beforeAll(async () => {
  template = await compileTemplate({ rules: STANDING_RULES });
});

/** The compiled template, put through text surgery: what to find, and what to put there. */
function broken(find: string, put: string): CloudFormationTemplate {
  const text = JSON.stringify(template);
  expect(text).toContain(find);
  return JSON.parse(text.replace(find, put)) as CloudFormationTemplate;
}

/** As a string within the dashboard's JSON, which is a string of the template's. */
const quoted = (text: string): string => JSON.stringify(JSON.stringify(text)).slice(1, -1);

describe('the checks of the template', () => {
  test.each(MONITORING_CHECKS.map((check) => [check.title, check] as const))('%s', (_, check) => {
    expect(check.problems(template)).toEqual([]);
  });

  const FORM = 'of the form that CloudWatch takes';
  const EMITTED = 'is emitted, with just these dimensions';
  test.each([
    // What a slip of the pen would do to the dashboard.
    [quoted('widgets'), quoted('widget'), FORM],
    [`${quoted('type')}:${quoted('text')}`, `${quoted('type')}:${quoted('test')}`, FORM],
    [`${quoted('width')}:24`, `${quoted('width')}:25`, FORM],
    [`${quoted('period')}:60`, `${quoted('period')}:61`, FORM],
    [quoted(`\${AWS::Region}`), quoted('eu-west-1'), FORM],
    [quoted('stacked'), quoted('stack'), FORM],
    ['{\\"start', '{start', FORM],
    // A name that nothing emits.
    [quoted('Labelled'), quoted('Labeled'), EMITTED],
    [quoted('AWS/Lambda'), quoted('AWS/lambda'), EMITTED],
    [quoted('5xx'), quoted('5XXError'), EMITTED],
    ['"MetricName":"Refused"', '"MetricName":"Refusals"', EMITTED],
    ['"MetricName":"Errors"', '"MetricName":"Error"', EMITTED],
    // A metric without one of its dimensions is another, which never comes.
    [',{"Name":"Reason","Value":"credentials"}', '', EMITTED],
    ['"Name":"QueueName"', '"Name":"Queue"', EMITTED],
    ['{Earmark,FunctionName,Reason}', '{Earmark,FunctionName}', EMITTED],
    ['FunctionName=\\\\\\"', 'Function=\\\\\\"', EMITTED],
    // A thing that is not there, or another kind of thing.
    [quoted(`\${JobQueue.QueueName}`), quoted(`\${JobsQueue.QueueName}`), EMITTED],
    [quoted(`\${HttpApi}`), quoted(`\${JobQueue}`), EMITTED],
    [
      '{"Name":"FunctionName","Value":{"Ref":"Label',
      '{"Name":"FunctionName","Value":{"Ref":"',
      EMITTED,
    ],
    [quoted(`\${QuotaAlarm.Arn}`), quoted(`\${WorkerAlarm.Arn}`), 'shows every alarm'],
    ['"Id":"answered4xx"', '"Id":"answered"', 'names metrics of the alarm'],
    ['"Id":"passed","ReturnData":false', '"Id":"passed"', 'all that the alarm watches'],
    ['docs/operations.md#label-quota-full', 'docs/deploy.md', 'names the chapter of the runbook'],
    ['"AlarmActions":[{"Ref":"AlarmTopic"}],', '', 'each alarm notifies the topic'],
  ])('with %s changed to %s go red at: %s', (find, put, title) => {
    const changed = broken(find, put);
    const red = MONITORING_CHECKS.filter((check) => check.problems(changed).length > 0);
    expect(red.map((check) => check.title)).toContainEqual(expect.stringContaining(title));
  });
});

/** What the sources of a function add: of each metric, that there is such a call at all. */
function noted(paths: readonly string[]): ReadonlySet<string> {
  const files = paths.flatMap((path) =>
    path.endsWith('.ts') ? path : globSync(`${path}/**/*.ts`, { cwd: ROOT }),
  );
  const text = files.map((file) => readFileSync(join(ROOT, file), 'utf8')).join('\n');
  return new Set([...text.matchAll(/\baddMetric\(\s*'(\w+)'/g)].map(([, name = '']) => name));
}

test('an alarm or graph of a function is about a metric that this function adds', () => {
  const notes: Readonly<Record<string, ReadonlySet<string>>> = {
    '!Ref ReceiveLambdaFunction': noted(['functions/receive.ts', 'lib/receiving']),
    '!Ref LabelLambdaFunction': noted(['functions/label.ts', 'lib/labelling', 'lib/wix']),
    '!Ref WakeLambdaFunction': noted(['functions/wake.ts', 'lib/waking']),
  };
  const strangers = metricsUsed(template)
    .filter(({ namespace }) => namespace === 'Earmark')
    .filter(({ name, dimensions }) => !notes[dimensions.FunctionName ?? '']?.has(name));
  expect(strangers).toEqual([]);
});

test('the dashboard or an alarm shows every metric that the code emits', () => {
  const used = new Set(metricsUsed(template).map(({ name }) => name));
  expect(Object.keys(METRICS).filter((name) => !used.has(name))).toEqual([]);
});

test('the dashboard, the mail and the access log are a choice, and everything else is deployed', () => {
  const conditional = Object.entries(template.Resources).filter(([, it]) => 'Condition' in it);
  expect(conditional.map(([name]) => name).sort()).toEqual([
    'AccessLogGroup',
    'AlarmSubscription',
    'Dashboard',
  ]);
  expect(template).toMatchObject({
    Conditions: { WithDashboard: { 'Fn::Equals': ['true', 'true'] } },
  });
});

describe('docs/operations.md', () => {
  const page = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8');
  const headings = [...page.matchAll(/^##+ (.+)$/gm)].map(([, text = '']) => text);
  const anchors = headings.map((text) =>
    text
      .toLowerCase()
      .replaceAll(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );

  test('has the heading that each alarm names, and lists the alarm beside it', () => {
    const lost = alarmsOf(template).filter(([, { Properties }]) => {
      const anchor = RUNBOOK.exec(String(Properties.AlarmDescription))?.[1] ?? '';
      const name = String(Properties.AlarmName)
        .replace('earmark-dev-', 'earmark-<stage>-')
        .replace(new RegExp(`(?<=-refused-)(?:${CODE_SOURCES.join('|')})$`), '<source>');
      const row = page
        .split('\n')
        .find((line) => line.startsWith('|') && line.includes(`\`${name}\``));
      return !anchors.includes(anchor) || !row?.includes(`](#${anchor})`);
    });
    expect(lost.map(([name]) => name)).toEqual([]);
  });

  test('leads to no heading that is not there', () => {
    const links = [...page.matchAll(/\]\(#([\w-]+)\)/g)].map(([, anchor]) => anchor);
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter((anchor) => !anchors.includes(anchor ?? ''))).toEqual([]);
  });

  test('says of each reason of a dead letter what to do', () => {
    const [, section = ''] = page.split('\n## Dead letters\n');
    const cells = section.split('\n## ')[0]?.match(/^\| `.*?\|/gm) ?? [];
    const reasons = cells.flatMap((cell) =>
      [...cell.matchAll(/`([\w-]+)`/g)].map(([, one]) => one),
    );
    expect(reasons.sort()).toEqual(Object.keys(REMEDIES).sort());
  });
});
