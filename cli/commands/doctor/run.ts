import { setLogSink } from '../../../lib/runtime/log.ts';
import { type CommandContext, endWith } from '../../kit/command.ts';
import { CliFailure, EXIT } from '../../kit/failure.ts';
import { type Target, type TargetOptions, targetOptions } from '../../kit/target.ts';
import { progress, writeJson } from '../../kit/terminal.ts';
import { alarmCheck } from './alarms.ts';
import { clockCheck } from './clock.ts';
import { type Checked, fail, type HealthCheck, runChecks } from './finding.ts';
import { functionsOf, judgeMappings } from './functions.ts';
import { judgeNode, readRules } from './machine.ts';
import { queueChecks } from './queues.ts';
import { asJson, asText, hasFailed } from './report.ts';
import { settingsFindings, sourceFindings } from './settings.ts';
import { webhookCheck } from './webhooks.ts';
import { wixChecks } from './wix-checks.ts';

export interface DoctorOptions extends TargetOptions {
  readonly json?: boolean;
}

/** Two calls to Wix at their slowest, or a query of the logs. */
const DEADLINE_MS = 20_000;

/** Checks this machine and the target, says what was found, and sets the exit code. */
export async function run(context: CommandContext, options: DoctorOptions): Promise<void> {
  const { terminal } = context;
  // What the functions' code would log while it reads settings is told here in lines of its own.
  setLogSink(() => {});
  const { findings, rules } = await readRules(context.folder);
  const machine = {
    about: 'This machine',
    findings: [judgeNode(process.versions.node), ...findings],
  };
  const show = (name: string | undefined, checked: readonly Checked[]): void => {
    if (options.json) writeJson(terminal, asJson(name, checked));
    else terminal.out.write(asText(terminal, name, checked));
  };
  let target: Target;
  try {
    target = await context.openTarget(options);
  } catch (error) {
    if (!(error instanceof CliFailure)) throw error;
    const [what = '', ...advice] = error.message.split(/(?<=\.) |\n/);
    const about = options.stage === undefined ? 'The local engine' : `Stage ${options.stage}`;
    show(undefined, [machine, { about, findings: [fail(what, advice.join(' '))] }]);
    return endWith(error.exitCode);
  }
  try {
    const checks = checksOf(context, target, options, rules);
    const bar = progress(terminal, 'Checks', checks.length);
    const deadline = () => AbortSignal.any([terminal.signal, AbortSignal.timeout(DEADLINE_MS)]);
    const checked = await runChecks(checks, { deadline, onDone: bar.to });
    bar.stop();
    // What was not awaited has not failed.
    if (terminal.signal.aborted) throw new CliFailure('Stopped.', EXIT.interrupted);
    const all = [machine, ...checked];
    show(target.name, all);
    endWith(hasFailed(all) ? EXIT.found : EXIT.ok);
  } finally {
    target.close();
  }
}

function checksOf(
  { now }: CommandContext,
  target: Target,
  options: DoctorOptions,
  rules: Awaited<ReturnType<typeof readRules>>['rules'],
): readonly HealthCheck[] {
  const { stage } = options;
  const stack = `earmark-${stage}`;
  const logs =
    stage === undefined
      ? 'see what npm start prints.'
      : `aws logs tail /aws/lambda/${stack}-receive --since 15m`;
  const functions = functionsOf(target, stack, AbortSignal.timeout(DEADLINE_MS));
  return [
    {
      about: 'Settings',
      name: 'settings',
      run: async () => settingsFindings(await functions),
    },
    {
      about: 'Settings',
      name: 'how label is invoked',
      run: async () => judgeMappings(await functions),
    },
    {
      about: 'Sources',
      name: 'sources',
      run: async () => sourceFindings(await target.settings(), rules),
    },
    ...queueChecks(
      target,
      async () => (await functions).workerTimeoutSeconds,
      `npx earmark dead-letters list${targetOptions(options)}`,
    ),
    webhookCheck(target.url, target.kind, logs),
    ...(target.alarmTopicArn === undefined ? [] : [alarmCheck(target.alarmTopicArn)]),
    ...wixChecks({ target, functions, rules, now }),
    clockCheck(target.kind === 'engine' ? 'the engine' : 'AWS', async () => target.url, now),
  ];
}
