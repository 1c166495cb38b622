import { setTimeout as sleep } from 'node:timers/promises';
import { createQueue } from '../../../lib/queue/queue.ts';
import { once } from '../../../lib/runtime/once.ts';
import { type CommandContext, endWith, type TargetOptions } from '../../kit/command.ts';
import { readMapping } from '../../kit/current-rules.ts';
import { CliFailure, EXIT } from '../../kit/failure.ts';
import { rateInWords, rateOf, readRate } from '../../kit/rate.ts';
import { writeJson } from '../../kit/terminal.ts';
import { dryRun } from './dry-run.ts';
import { createFilter, type FilterOptions, isFiltered } from './filter.ts';
import { lettingGo, withDeadLetters } from './open.ts';
import { planOf, type ReplayLabels } from './replay-plan.ts';
import { asJson, report } from './replay-report.ts';
import { replayThrottled, type ThrottleOptions } from './throttle.ts';

export interface ReplayOptions extends TargetOptions, FilterOptions {
  readonly all?: boolean;
  readonly rate?: string;
  readonly rules: ReplayLabels;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `earmark dead-letters replay` */
export async function replay(options: ReplayOptions, context: CommandContext): Promise<void> {
  refuseNoFilter(options, 'replay');
  const filter = createFilter(options, context.now());
  if (options.rate !== undefined) rateOf(options.rate);
  await withDeadLetters(options, context, async (queue, target) => {
    const rate = await readRate(options.rate, target);
    const jobs = createQueue({ client: target.sqs, ...target });
    const mapping = once(() => readMapping(context.folder, target));
    const plan: ThrottleOptions['plan'] = (deadLetter) =>
      planOf(deadLetter, options.rules, mapping);
    if (options.dryRun) {
      await dryRun({ queue, filter, plan, rate, target }, options, context);
      return;
    }
    const { terminal, now } = context;
    if (!options.json) terminal.err.write(`Replaying ${rateInWords(rate)}\n`);
    const result = await lettingGo(context, ['Replaying', 'Replayed'], (onSent) =>
      replayThrottled({
        queue,
        filter,
        plan,
        perMinute: rate.perMinute,
        now,
        signal: terminal.signal,
        send: (job, deduplication) => jobs.send(job, deduplication),
        wait: (ms) => sleep(ms, undefined, { signal: terminal.signal }).catch(() => {}),
        onSent,
      }),
    );
    if (options.json) writeJson(terminal, asJson(result));
    else report(result, target, rate, context);
    if (result.stayed.length + result.remaining > 0) endWith(EXIT.found);
  });
}

/** Everything is a lot to do by mistake. @throws CliFailure */
export function refuseNoFilter(options: FilterOptions & { all?: boolean }, verb: string): void {
  if (options.all || isFiltered(options)) return;
  throw new CliFailure(
    `Which dead letters? Say --reason, --source, --site, --rule, --label, --id, --older-than or --newer-than, ` +
      `or --all to ${verb} every one. \`npx earmark dead-letters list\` takes the same filters and shows what fits.`,
    EXIT.usage,
  );
}
