import { dirname, resolve } from 'node:path';
import { setLogSink } from '../../../lib/runtime/log.ts';
import { type CommandContext, endWith, usingTarget } from '../../kit/command.ts';
import { CliFailure, EXIT } from '../../kit/failure.ts';
import { progress } from '../../kit/progress.ts';
import { compareWithRunning, type RulesCompared } from '../../kit/rules-in-force.ts';
import { type RulesOptions, rulesFile } from '../../kit/rules-option.ts';
import { type Target, type TargetOptions, targetOptions } from '../../kit/target.ts';
import { writeJson } from '../../kit/terminal.ts';
import { clockCheck, webhookCheck } from './address.ts';
import { alarmCheck } from './alarms.ts';
import {
  type Checked,
  type HealthCheck,
  hasFailed,
  renderChecked,
  runChecks,
  toJson,
} from './diagnosis.ts';
import { functionsOf, judgeMappings } from './functions.ts';
import { historyChecks } from './history.ts';
import { asDiagnosis, judgeNode, judgeOwnSources, judgeRules } from './machine.ts';
import { queueChecks } from './queues.ts';
import { rulesFindings } from './rules.ts';
import { settingsFindings, sourceFindings } from './settings.ts';
import { wixChecks } from './wix-checks.ts';

export interface DoctorOptions extends TargetOptions, RulesOptions {
  readonly json?: boolean;
}

/** Two calls to Wix at their slowest, or a query of the logs. */
const DEADLINE_MS = 20_000;

/** `earmark doctor`: checks this machine and the target. */
export async function doctor(options: DoctorOptions, context: CommandContext): Promise<void> {
  const { terminal } = context;
  // What the functions' code would log while it reads settings has a line here.
  setLogSink(() => {});
  const file = resolve(context.folder, rulesFile(options));
  const { findings, rules } = await judgeRules(context.folder, rulesFile(options));
  const machine = {
    about: 'This machine',
    findings: [judgeNode(process.versions.node), ...findings, ...judgeOwnSources(dirname(file))],
  };
  const write = (checked: readonly Checked[], target?: string, compared?: RulesCompared): void => {
    if (options.json) writeJson(terminal, { ...toJson(checked, target), rules: compared });
    else terminal.out.write(renderChecked(checked, target, terminal));
  };
  let isOpen = false;
  try {
    await usingTarget(options, context, async (target) => {
      isOpen = true;
      const compared = compareWithRunning(file, target);
      const running = { about: 'Rules', findings: rulesFindings(compared, target, options) };
      const checks = checksOf(target, options, rules, context.now);
      const bar = progress(terminal, 'Checks', checks.length);
      const deadline = () => AbortSignal.any([terminal.signal, AbortSignal.timeout(DEADLINE_MS)]);
      const checked = await runChecks(checks, deadline, bar.to);
      bar.stop();
      // What was not awaited has not failed.
      if (terminal.signal.aborted) throw new CliFailure('Stopped.', EXIT.interrupted);
      const all = [machine, running, ...checked];
      write(all, target.name, compared);
      endWith(hasFailed(all) ? EXIT.found : EXIT.ok);
    });
  } catch (error) {
    if (isOpen || !(error instanceof CliFailure)) throw error;
    const about = options.stage === undefined ? 'The local engine' : `Stage ${options.stage}`;
    write([machine, { about, findings: [asDiagnosis(error)] }]);
    endWith(error.exitCode);
  }
}

function checksOf(
  target: Target,
  options: DoctorOptions,
  rules: Awaited<ReturnType<typeof judgeRules>>['rules'],
  now: () => number,
): readonly HealthCheck[] {
  const { stage } = options;
  const stack = `earmark-${stage}`;
  const logs =
    stage === undefined
      ? 'see what npm start prints.'
      : `aws logs tail /aws/lambda/${stack}-receive --since 15m`;
  const functions = functionsOf(target, stack, AbortSignal.timeout(DEADLINE_MS));
  const check = (about: string, name: string, run: HealthCheck['run']) => ({ about, name, run });
  return [
    check('Settings', 'settings', async () => settingsFindings(await functions)),
    check('Settings', 'how label is invoked', async () => judgeMappings(await functions)),
    check('Sources', 'sources', async () => sourceFindings(await target.settings(), rules, target)),
    ...queueChecks(
      target,
      async () => (await functions).workerTimeoutSeconds,
      `./earmark dead-letters list${targetOptions(options)}`,
    ),
    ...historyChecks(target, rules, now, stage === undefined ? undefined : stack),
    webhookCheck(target.url, target.kind, logs),
    ...(target.alarmTopicArn === undefined ? [] : [alarmCheck(target.alarmTopicArn)]),
    ...wixChecks(target, functions, rules, now),
    clockCheck(target.kind === 'engine' ? 'the engine' : 'AWS', async () => target.url),
  ];
}
