import { stat } from 'node:fs/promises';
import { relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createQueue } from '../../../lib/queue/queue.ts';
import { ask } from '../../kit/ask.ts';
import { type CommandContext, endWith } from '../../kit/command.ts';
import { CliFailure, EXIT } from '../../kit/failure.ts';
import { rateOf } from '../../kit/rate.ts';
import { type Target, targetOptions } from '../../kit/target.ts';
import { writeJson } from '../../kit/terminal.ts';
import { many } from '../../kit/words.ts';
import { countLabels, type Plan } from './figures.ts';
import { follow } from './follow.ts';
import type { LiveEvents } from './live.ts';
import { type BackfillOptions, type Prepared, prepare } from './prepare.ts';
import { type ReadFile, type RuleReads, readOrders, readRuleReads } from './read-orders.ts';
import { type SentNow, sendJobs } from './send.ts';
import { describePlan, describeReading } from './words.ts';

/** `earmark backfill` */
export async function backfill(
  file: string,
  options: BackfillOptions,
  context: CommandContext,
): Promise<void> {
  const { terminal } = context;
  if (options.rate !== undefined) rateOf(options.rate);
  const reads = await readRuleReads(context.folder);
  const read = await readWithBar(file, options, reads.titles, context);
  terminal.err.write(warnings(reads));
  const target = await context.openTarget(options);
  try {
    const prepared = await prepare(file, read, target, options, context);
    const { plan, rate, files, live } = prepared;
    if (!options.json) {
      const reading = describeReading(relative(context.folder, file), read.delimiter, plan.figures);
      const words = describePlan(terminal, plan.figures, files, rate);
      terminal.out.write(`${reading}\n\n${words}\n`);
    }
    if (options.dryRun) return endDryRun(plan, live, options, context);
    const hole = live.hole();
    if (hole) throw new CliFailure(`Nothing was sent. ${hole}`);
    await confirm(plan, target.name, options, context);
    await send(prepared, target, options, context);
  } finally {
    target.close();
  }
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
  { figures }: Plan,
  live: LiveEvents,
  { json }: BackfillOptions,
  { terminal }: CommandContext,
): void {
  if (json) writeJson(terminal, { ...figures, dryRun: true });
  else
    terminal.out.write(
      '\nA dry run: nothing was sent. The same command without --dry-run does it.\n',
    );
  const hole = live.hole();
  if (hole) terminal.err.write(`${hole}\n`);
}

/** @throws CliFailure when it is not wanted, or nobody can be asked */
async function confirm(
  { figures }: Plan,
  place: string,
  { yes, json }: BackfillOptions,
  { terminal }: CommandContext,
): Promise<void> {
  if (yes || figures.jobs.toSend === 0) return;
  const unasked = 'Nothing was sent: say --yes as well.';
  // The plan was not shown.
  if (json) throw new CliFailure(unasked, EXIT.usage);
  const question = `\nSend these jobs to ${place}? (yes/no) `;
  const answer = await ask(terminal, question, { unasked, unanswered: 'Nothing was sent.' });
  if (!/^y(es)?$/i.test(answer)) throw new CliFailure('Nothing was sent.');
}

async function send(
  { plan, rate, live, sent }: Prepared,
  target: Target,
  options: BackfillOptions,
  context: CommandContext,
): Promise<void> {
  const { terminal, now } = context;
  const { signal } = terminal;
  const { queueUrl, deadLetterQueueUrl, sqs: client } = target;
  const bar = follow(terminal, 'Sending (jobs)', plan.jobs.length, now);
  let count = 0;
  try {
    const result = await sendJobs(plan.jobs, {
      queue: createQueue({ client, queueUrl, deadLetterQueueUrl }),
      sent,
      live,
      perMinute: rate.perMinute,
      signal,
      now,
      wait: (ms) => sleep(ms, undefined, { signal }),
      onSent: (done) => {
        count = done;
        bar.to(done);
      },
    });
    bar.stop();
    report(plan, result, options, context);
  } catch (error) {
    if (!signal.aborted) throw error;
    bar.stop();
    const same = options.restart ? 'the same command, without --restart,' : 'the same command';
    terminal.err.write(
      `Stopped. ${many(count, 'job')} of this run ${count === 1 ? 'is' : 'are'} sent and noted: ${same} goes on from there.\n`,
    );
  } finally {
    bar.stop();
  }
}

function report(
  { figures }: Plan,
  { jobs, tooLarge }: SentNow,
  options: BackfillOptions,
  { terminal }: CommandContext,
): void {
  if (tooLarge.length > 0) endWith(EXIT.found);
  if (options.json) {
    const sent = { jobs: jobs.length, labels: countLabels(jobs), tooLarge: tooLarge.length };
    writeJson(terminal, { ...figures, dryRun: false, sent });
    return;
  }
  const { toSend, sentBefore } = figures.jobs;
  if (toSend === 0 && sentBefore > 0) {
    terminal.out.write(
      `All jobs of these orders were sent before. --restart sends them again: what is in place is not put anew.\n`,
    );
    return;
  }
  const refused = `${many(tooLarge.length, 'job')} with more labels than fit a message of 1 MiB: not sent.\n`;
  const where = targetOptions(options);
  terminal.out.write(
    `\nSent ${many(jobs.length, 'job')}. The workers do them now; what cannot be done is among the dead letters: npx earmark dead-letters list${where}\n${tooLarge.length > 0 ? refused : ''}`,
  );
}
