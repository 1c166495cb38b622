import { setTimeout as sleep } from 'node:timers/promises';
import type { MissingPolicy } from '../../../lib/events/event.ts';
import type { LabelJob } from '../../../lib/queue/job.ts';
import { createQueue } from '../../../lib/queue/queue.ts';
import { memoizeAsync } from '../../../lib/runtime/concurrency.ts';
import { type CommandContext, endWith } from '../../kit/command.ts';
import { readMapping } from '../../kit/current-rules.ts';
import { EXIT } from '../../kit/failure.ts';
import { type Rate, rateInWords, rateOf, readRate } from '../../kit/rate.ts';
import { warnOfOtherRules } from '../../kit/rules-in-force.ts';
import { type RulesOptions, rulesFile } from '../../kit/rules-option.ts';
import type { Target, TargetOptions } from '../../kit/target.ts';
import { writeJson } from '../../kit/terminal.ts';
import type { DeadLetter } from './dead-letter.ts';
import { createFilter, type FilterOptions, refuseNoFilter } from './filter.ts';
import type { Lease } from './lease.ts';
import { readDeadLetters, renderUnread, withDeadLetters, withProgress } from './open.ts';
import { planReplay, type ReplayPlan } from './replay-plan.ts';
import {
  renderDryRun,
  renderFullSite,
  renderReplayed,
  renderRest,
  toJson,
  totalsOf,
} from './replay-report.ts';
import { replayThrottled, type Staying } from './throttle.ts';

export interface ReplayOptions extends TargetOptions, RulesOptions, FilterOptions {
  readonly all?: boolean;
  readonly rate?: string;
  /** Whether a job gets the labels that its rules give now. */
  readonly recompute?: boolean;
  readonly missing?: MissingPolicy;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `earmark dead-letters replay` */
export async function replay(options: ReplayOptions, context: CommandContext): Promise<void> {
  refuseNoFilter(options, 'replay');
  const filter = createFilter(options, context.now());
  if (options.rate !== undefined) rateOf(options.rate);
  await withDeadLetters(options, context, async (lease, target) => {
    warnOfOtherRules(target, options, context);
    const rate = await readRate(options.rate, target);
    const mapping = memoizeAsync(() => readMapping(rulesFile(options), context.folder, target));
    const what = {
      filter,
      plan: (deadLetter: DeadLetter) =>
        planReplay(
          deadLetter,
          options.recompute ? 'current' : 'as-they-were',
          mapping,
          options.missing,
        ),
      rate,
      target,
    };
    const run = options.dryRun ? dryRun : replayAll;
    const isAll = await run(lease, what, options, context);
    if (!isAll) endWith(EXIT.found);
  });
}

interface Replay {
  readonly filter: (deadLetter: DeadLetter) => boolean;
  readonly plan: (deadLetter: DeadLetter) => Promise<ReplayPlan>;
  readonly rate: Rate;
  readonly target: Target;
}

/** @returns whether every dead letter that fits was replayed */
async function replayAll(
  lease: Lease,
  { filter, plan, rate, target }: Replay,
  { json }: ReplayOptions,
  context: CommandContext,
): Promise<boolean> {
  const { terminal, now } = context;
  const { out, err, signal } = terminal;
  const jobs = createQueue({ client: target.sqs, ...target });
  if (!json) err.write(`Replaying ${rateInWords(rate)}\n`);
  const result = await withProgress(context, ['Replaying', 'Replayed'], (onSent) =>
    replayThrottled({
      lease,
      filter,
      plan,
      perMinute: rate.perMinute,
      now,
      signal,
      send: jobs.send,
      wait: (ms) => sleep(ms, undefined, { signal }).catch(() => {}),
      onSent,
    }),
  );
  const { sent, stayed, remaining } = result;
  if (json) writeJson(terminal, toJson({ replayed: sent.length, remaining }, result));
  else {
    out.write(renderReplayed(result, target, rate, terminal));
    err.write(renderRest(result, signal) + renderFullSite(sent, now()));
  }
  return stayed.length + remaining === 0;
}

/** Reports what a replay would do, and changes nothing. @returns whether it would replay every one */
async function dryRun(
  lease: Lease,
  { filter, plan, rate, target }: Replay,
  { json }: ReplayOptions,
  context: CommandContext,
): Promise<boolean> {
  const { terminal } = context;
  const drained = await readDeadLetters(lease, context);
  if (terminal.signal.aborted) return true;
  const jobs = new Map<DeadLetter, LabelJob>();
  const stayed: Staying[] = [];
  for (const deadLetter of drained.deadLetters.filter(filter)) {
    const planned = await plan(deadLetter);
    if ('job' in planned) jobs.set(deadLetter, planned.job);
    else stayed.push({ deadLetter, why: planned.stays });
  }
  const totals = totalsOf(jobs, rate);
  if (json) writeJson(terminal, toJson(totals, { ...drained, stayed }));
  else {
    terminal.out.write(renderDryRun(totals, stayed, target, rate, terminal));
    const full = renderFullSite([...jobs.keys()], context.now());
    terminal.err.write(`${rateInWords(rate)}\n${renderUnread(drained)}${full}`);
  }
  return stayed.length === 0;
}
