import { stat } from 'node:fs/promises';
import { relative } from 'node:path';
import { createQueue } from '../../../lib/queue/queue.ts';
import { ask } from '../../kit/ask.ts';
import { type CommandContext, endWith, usingTarget } from '../../kit/command.ts';
import { CliFailure, EXIT, wrongUsage } from '../../kit/failure.ts';
import type { ProgressBar } from '../../kit/progress.ts';
import { rateOf } from '../../kit/rate.ts';
import { warnOfOtherRules } from '../../kit/rules-in-force.ts';
import { rulesFile } from '../../kit/rules-option.ts';
import { type Target, targetOptions } from '../../kit/target.ts';
import { writeJson } from '../../kit/terminal.ts';
import { many } from '../../kit/words.ts';
import { type LabelledInBulk, labelInBulk } from './bulk.ts';
import { type BackfillPlan, countLabels } from './figures.ts';
import { follow } from './follow.ts';
import { type BackfillOptions, type PreparedBackfill, prepare } from './prepare.ts';
import { type ReadFile, type RuleReads, readOrders, readRuleReads } from './read-orders.ts';
import { type SentNow, sendJobs } from './send.ts';
import { renderPlan, renderReading } from './words.ts';

/** `earmark backfill` */
export async function backfill(
  file: string,
  options: BackfillOptions,
  context: CommandContext,
): Promise<void> {
  const { terminal } = context;
  if (options.rate !== undefined) rateOf(options.rate);
  const reads = await readRuleReads(rulesFile(options), context.folder);
  const read = await readWithBar(file, options, reads.titles, context);
  terminal.err.write(warnings(reads));
  await usingTarget(options, context, async (target) => {
    warnOfOtherRules(target, options, context);
    const prepared = await prepare(file, read, target, options, context);
    const { plan, rate, files, running } = prepared;
    const hole = running.live.hole();
    if (!options.json) {
      const reading = renderReading(relative(context.folder, file), read.delimiter, plan.figures);
      const words = renderPlan(terminal, plan.figures, files, rate);
      terminal.out.write(`${reading}\n\n${words}\n`);
    }
    if (plan.figures.orders === 0) endWith(EXIT.found);
    if (options.dryRun) return endDryRun(plan, hole, options, context);
    if (hole) throw new CliFailure(`Nothing was sent. ${hole}`);
    await confirm(plan, target.name, options, context);
    await carryOut(prepared, target, options, context);
  });
}

const MEGABYTE = 1_000_000;

async function readWithBar(
  file: string,
  options: BackfillOptions,
  titleRules: readonly string[],
  { terminal, now }: CommandContext,
): Promise<ReadFile> {
  const { size } = await stat(file).catch(() => ({ size: 0 }));
  const bar = follow(terminal, 'Reading (MB)', Math.ceil(size / MEGABYTE), now);
  const onRead = (bytes: number) => bar.to(Math.floor(bytes / MEGABYTE));
  return readOrders(file, { ...options, onRead }, titleRules).finally(() => bar.stop());
}

const warnings = ({ data, tags }: RuleReads): string =>
  [
    ...data.map(
      (rule) =>
        `The rule "${rule}" reads event.data: that is a row of the file here, and not what the webhook says.\n`,
    ),
    ...tags.map(
      (rule) =>
        `The rule "${rule}" reads event.tags, the customer's own tags: no export of orders has them, so there are none.\n`,
    ),
  ].join('');

function endDryRun(
  { figures }: BackfillPlan,
  hole: string | undefined,
  { json }: BackfillOptions,
  { terminal }: CommandContext,
): void {
  if (json) writeJson(terminal, { ...figures, dryRun: true });
  else
    terminal.out.write(
      '\nA dry run: nothing was sent. The same command without --dry-run does it.\n',
    );
  if (hole) terminal.err.write(`${hole}\n`);
}

/** @throws CliFailure when it is not wanted, or nobody can be asked */
async function confirm(
  { figures }: BackfillPlan,
  place: string,
  { yes, json }: BackfillOptions,
  { terminal }: CommandContext,
): Promise<void> {
  const { bulk, jobs } = figures;
  if (yes || bulk.customers + jobs.toSend === 0) return;
  const unasked = 'Nothing was sent: say --yes as well.';
  // The plan was not shown.
  if (json) throw wrongUsage(unasked);
  const what = bulk.customers > 0 ? 'Label these customers and send the jobs' : 'Send these jobs';
  const question = `\n${what} to ${place}? (yes/no) `;
  const answer = await ask(terminal, question, { unasked, unanswered: 'Nothing was sent.' });
  if (!/^y(es)?$/i.test(answer)) throw new CliFailure('Nothing was sent.');
}

/** Has Wix label in bulk what the plan has so, and sends the jobs of all others. What is done is noted. */
async function carryOut(
  { plan, rate, wix, running, sent }: PreparedBackfill,
  { queueUrl, deadLetterQueueUrl, sqs: client }: Target,
  options: BackfillOptions,
  context: CommandContext,
): Promise<void> {
  const { note, now, signal } = running;
  const { customers } = plan.figures.bulk;
  let inBulk: LabelledInBulk = { done: [], calls: 0 };
  let isInBulk = false;
  let count = 0;
  let bar: ProgressBar | undefined;
  try {
    if (wix && customers > 0) {
      note(`Labelling ${many(customers, 'customer')} in bulk …`);
      isInBulk = true;
      inBulk = await labelInBulk(plan.jobs, { ...wix, ...running });
      isInBulk = false;
      await sent.add(inBulk.done.map(({ id }) => id));
    }
    const left = plan.jobs.filter(({ id }) => !sent.has(id));
    bar = follow(context.terminal, 'Sending (jobs)', left.length, now);
    const onSent = (done: number): void => {
      count = done;
      bar?.to(done);
    };
    const queue = createQueue({ client, queueUrl, deadLetterQueueUrl });
    const { perMinute } = rate;
    const result = await sendJobs(left, { ...running, queue, sent, perMinute, onSent });
    bar.stop();
    report(plan, inBulk, result, options, context);
  } catch (error) {
    if (!signal.aborted) throw error;
    bar?.stop();
    const same = options.restart ? 'the same command, without --restart,' : 'the same command';
    const done = count + inBulk.done.length;
    note(
      `Stopped. ${many(done, 'job')} of this run ${done === 1 ? 'is' : 'are'} done or sent, and noted: ${same} goes on from there.${isInBulk ? ' A bulk job that Wix has begun may still label customers: that does no harm.' : ''}`,
    );
  } finally {
    bar?.stop();
  }
}

function report(
  { figures }: BackfillPlan,
  inBulk: LabelledInBulk,
  { jobs, tooLarge }: SentNow,
  options: BackfillOptions,
  { terminal }: CommandContext,
): void {
  if (tooLarge.length > 0) endWith(EXIT.found);
  const bulk = { customers: inBulk.done.length, calls: inBulk.calls };
  if (options.json) {
    const labels = countLabels([...inBulk.done, ...jobs]);
    const sent = { bulk, jobs: jobs.length, labels, tooLarge: tooLarge.length };
    writeJson(terminal, { ...figures, dryRun: false, sent });
    return;
  }
  // The plan has said so.
  if (figures.bulk.customers + figures.jobs.toSend === 0) return;
  const labelled =
    bulk.calls > 0
      ? `Labelled ${many(bulk.customers, 'customer')} in bulk, by ${many(bulk.calls, 'call')} to Wix. `
      : '';
  const refused = `${many(tooLarge.length, 'job')} with more labels than fit a message of 1 MiB: not sent.\n`;
  terminal.out.write(
    `\n${labelled}Sent ${many(jobs.length, 'job')}. The workers do them now; what cannot be done is among the dead letters: ./earmark dead-letters list${targetOptions(options)}\n${tooLarge.length > 0 ? refused : ''}`,
  );
}
