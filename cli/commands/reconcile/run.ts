import { setTimeout as sleep } from 'node:timers/promises';
import { createLabelKeys } from '../../../lib/labelling/labels/label-keys.ts';
import { createQueue } from '../../../lib/queue/queue.ts';
import { fixedNames, type RulesConfig } from '../../../lib/rules/config.ts';
import { compileLabels } from '../../../lib/standing/compile.ts';
import type { StandingLabels } from '../../../lib/standing/standing.ts';
import { wixSite } from '../../../lib/wix/site.ts';
import { type CommandContext, endWith, usingTarget } from '../../kit/command.ts';
import { readRules } from '../../kit/current-rules.ts';
import { CliFailure, EXIT } from '../../kit/failure.ts';
import { type Histories, usingHistories } from '../../kit/histories.ts';
import { patientCall } from '../../kit/patient-call.ts';
import { readRate } from '../../kit/rate.ts';
import { warnOfOtherRules } from '../../kit/rules-in-force.ts';
import { type RulesOptions, rulesFile, rulesOption } from '../../kit/rules-option.ts';
import { openSite } from '../../kit/site.ts';
import { type Target, type TargetOptions, targetOptions } from '../../kit/target.ts';
import { writeJson } from '../../kit/terminal.ts';
import { many } from '../../kit/words.ts';
import { type Applied, applyPlan } from './apply.ts';
import { type Figures, figuresOf } from './figures.ts';
import { planReconcile, type ReconcilePlan } from './plan.ts';
import { renderPlan } from './words.ts';

export interface ReconcileOptions extends TargetOptions, RulesOptions {
  readonly apply?: boolean;
  readonly remove?: boolean;
  readonly json?: boolean;
}

/** `earmark reconcile`: what Wix has against what should be. */
export async function reconcile(options: ReconcileOptions, context: CommandContext): Promise<void> {
  const file = rulesFile(options);
  const { config } = await readRules(file, context.folder);
  if (!config.labels) {
    throw new CliFailure(`${file} has no \`labels:\`, so there are no standing labels.`);
  }
  await usingTarget(options, context, (target) =>
    usingHistories(target, context, async (histories) => {
      warnOfOtherRules(target, options, context);
      const run = await openRun(config, target, histories, context);
      await warnOfOthers(histories, run.labels, context);
      const removes = options.remove ?? false;
      const plan = await planReconcile({ ...run, removes });
      const figures = figuresOf(plan, run.perMinute);
      if (!options.json) {
        context.terminal.out.write(`${renderPlan(figures, removes, context.terminal)}\n`);
      }
      if (options.apply) await apply(plan, figures, { ...run, options, target }, context);
      else if (options.json) writeJson(context.terminal, figures);
      else if (plan.changed.length > 0) {
        const same = `./earmark reconcile --apply${removes ? ' --remove' : ''}`;
        context.terminal.out.write(
          `Nothing was changed. ${same}${rulesOption(options)}${targetOptions(options)}\n`,
        );
      }
    }),
  );
}

type Run = Awaited<ReturnType<typeof openRun>>;

async function openRun(
  config: RulesConfig,
  target: Target,
  { store, site, retentionMs }: Histories,
  { terminal, now }: CommandContext,
) {
  const { signal } = terminal;
  const { perMinute } = await readRate(undefined, target);
  const wait = (ms: number): Promise<void> => sleep(ms, undefined, { signal });
  const made = { calls: 0 };
  const opened = await openSite(target, perMinute, signal);
  const call = patientCall(opened.call, { signal, wait }, () => {
    made.calls += 1;
  });
  return {
    store,
    site,
    labels: compileLabels(config.labels ?? [], { retentionMs }),
    ruleNames: new Set(
      config.rules.flatMap(({ add, remove }) =>
        [add, remove].flatMap((names) => fixedNames(names, config.tables)),
      ),
    ),
    wix: wixSite(call),
    call,
    labelKeys: createLabelKeys(site, now),
    perMinute,
    now,
    signal,
    wait,
    note: (text: string) => terminal.err.write(`${text}\n`),
    onRead: () => {},
    made,
  };
}

/** The workers would undo what is put right by other definitions than theirs. */
async function warnOfOthers(
  { store, site }: Histories,
  { hash }: StandingLabels,
  { terminal }: CommandContext,
): Promise<void> {
  const goal = (await store.readFullReview(site))?.goal;
  if (goal !== undefined && !goal.startsWith(`${hash} `)) {
    terminal.err.write(
      'The workers go by other definitions than those of rules.yml here. Deploy these first, or the workers change back what is changed now.\n',
    );
  }
}

interface Applying extends Run {
  readonly options: ReconcileOptions;
  readonly target: Target;
}

async function apply(
  plan: ReconcilePlan,
  figures: Figures,
  run: Applying,
  { terminal }: CommandContext,
): Promise<void> {
  const { made, options, target } = run;
  const { sqs: client, queueUrl, deadLetterQueueUrl } = target;
  const queue = createQueue({ client, queueUrl, deadLetterQueueUrl });
  try {
    const { done, reviews } = await applyPlan(plan, { ...run, queue });
    if (reviews > 0) endWith(EXIT.found);
    const applied = { contacts: done.length, reviews, calls: made.calls };
    if (options.json) writeJson(terminal, { ...figures, applied });
    else terminal.out.write(renderApplied({ done, reviews }, made.calls));
  } catch (error) {
    if (!terminal.signal.aborted) throw error;
    terminal.err.write(
      'Stopped. What Wix has begun it may still do. The same command plans what is left.\n',
    );
  }
}

const renderApplied = ({ done, reviews }: Applied, calls: number): string =>
  `Put right ${many(done.length, 'contact')}, by ${many(calls, 'call')} to Wix with those of the plan.${
    reviews > 0
      ? ` ${many(reviews, 'contact')} changed meanwhile, or could not be labelled in bulk: the workers look at each now.`
      : ''
  }\n`;
