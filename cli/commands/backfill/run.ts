import { stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { digest } from '../../../lib/runtime/digest.ts';
import { setLogSink } from '../../../lib/runtime/log.ts';
import { WixError } from '../../../lib/wix/calls/failure.ts';
import { ask } from '../../kit/ask.ts';
import { endWith, type TargetOptions, type World } from '../../kit/command.ts';
import { CliFailure, EXIT } from '../../kit/failure.ts';
import { openSite } from '../../kit/site.ts';
import { writeJson } from '../../kit/terminal.ts';
import { many } from '../../kit/words.ts';
import { rateOf } from '../dead-letters/rate.ts';
import { carryOut } from './carry-out.ts';
import { earn } from './customers.ts';
import type { BackfillSource } from './exports.ts';
import { doneOf } from './figures.ts';
import { FINISHED, type Folder, hashOf, openFolder, writeCsv } from './folder.ts';
import { follow } from './follow.ts';
import { counted } from './journal.ts';
import { holesInWords, type Looked, look } from './look.ts';
import { wixTrouble } from './patient-call.ts';
import { type ReadFile, readOrders, readRules } from './read-orders.ts';
import { openSession, type Session } from './session.ts';
import type { DateOrder } from './values.ts';
import type { Variants } from './variants.ts';
import { describeDone, describePlan, describeReading } from './words.ts';

export interface BackfillOptions extends TargetOptions {
  readonly source?: BackfillSource;
  readonly map?: readonly string[];
  readonly dates?: DateOrder;
  readonly variants?: Variants;
  readonly dryRun?: boolean;
  readonly rate: string;
  readonly yes?: boolean;
  readonly restart?: boolean;
  readonly json?: boolean;
}

/** `earmark backfill` */
export async function backfill(
  file: string,
  options: BackfillOptions,
  world: World,
): Promise<void> {
  const { terminal } = world;
  // What the limiter logs is told in words.
  setLogSink(() => {});
  const perMinute = callsAMinute(options.rate);
  const { rules, hash, reads } = await readRules(world.folder);
  const read = await readWithBar(file, options, reads.titles, world);
  const earned = earn(rules, read.orders);
  terminal.err.write([...reads.data.map(dataWarning), ...reads.tags.map(tagsWarning)].join(''));
  const target = await world.openTarget(options);
  let sent = () => 0;
  try {
    const site = await openSite(target, perMinute, terminal.signal);
    const folder = await openFolder({
      project: world.folder,
      file,
      site: site.id,
      inputs: { orders: await hashOf(file), rules: hash, reading: readingOf(read, options) },
      restart: options.restart ?? false,
      now: world.now(),
    });
    if (folder.finishedAt !== undefined) return await tellFinished(folder, options, world);
    const session = await openSession(site, folder.journal, world);
    sent = session.sent;
    try {
      const known = { read, earned, policy: rules.missing, perMinute };
      const looked = await look({ ...known, folder, target, site: site.id }, session, world);
      if (!options.json) tellPlan(file, read.delimiter, looked, world);
      if (options.dryRun) return tellDryRun(looked, options, world);
      if (looked.holes.length > 0) throw new CliFailure(refusedInWords(looked));
      await confirm(looked, target.name, options, world);
      await carry(looked, session, folder, options, world);
    } finally {
      await session.journal.close();
    }
  } catch (error) {
    if (terminal.signal.aborted) return tellStopped(sent, options, world);
    throw error instanceof WixError ? wixTrouble(error) : error;
  } finally {
    target.close();
  }
}

/** Of everything that decides how the file is read, a digest. */
function readingOf({ mapping }: ReadFile, { dates, variants }: BackfillOptions): string {
  return digest(mapping.source, JSON.stringify([dates, variants, ...mapping.columns]));
}

/** @throws CliFailure for no rate, or one too slow to be kept */
function callsAMinute(rate: string): number {
  const perMinute = Math.floor(rateOf(rate));
  if (perMinute >= 1) return perMinute;
  throw new CliFailure(`--rate ${rate} is less than one call a minute.`, EXIT.usage);
}

const MEGABYTE = 1_000_000;
/** Beside the journal: whom no label could be given, and why. */
const NOT_LABELLED = 'not-labelled.csv';

async function readWithBar(
  file: string,
  options: BackfillOptions,
  titleRules: readonly string[],
  { terminal, now }: World,
): Promise<ReadFile> {
  const { size } = await stat(file).catch(() => ({ size: 0 }));
  const bar = follow(terminal, 'Reading (MB)', Math.ceil(size / MEGABYTE), now);
  const onRead = (bytes: number) => bar.to(Math.floor(bytes / MEGABYTE));
  return readOrders(file, { ...options, onRead }, titleRules).finally(() => bar.stop());
}

async function carry(
  { plan, keys, figures }: Looked,
  session: Session,
  folder: Folder,
  options: BackfillOptions,
  world: World,
): Promise<void> {
  const { terminal, now } = world;
  const bar = follow(terminal, 'Labelling (Wix calls)', figures.calls.planned.total, now);
  const journal = counted(session.journal, (steps) => bar.to(steps));
  const carried = await carryOut(plan, keys, { ...session, journal }).finally(() => bar.stop());
  const { applied, wishes, refused, created } = carried;
  const done = doneOf(wishes, applied, refused, created, session.sent());
  const problems = await writeCsv(folder, NOT_LABELLED, [['contact', 'reason'], ...applied.failed]);
  await session.journal.once(FINISHED, async () => now());
  if (done.failed + refused.length > 0) endWith(EXIT.found);
  if (options.json) writeJson(terminal, { ...figures, dryRun: false, done });
  else terminal.out.write(`\n${describeDone(done, problems)}\n`);
}

function tellPlan(file: string, delimiter: string, { figures, files }: Looked, world: World): void {
  const { terminal } = world;
  terminal.out.write(`${describeReading(relative(world.folder, file), delimiter, figures)}\n\n`);
  terminal.out.write(`${describePlan(terminal, figures, files)}\n`);
}

function tellDryRun({ figures }: Looked, { json }: BackfillOptions, { terminal }: World): void {
  if (json) writeJson(terminal, { ...figures, dryRun: true });
  else
    terminal.out.write(
      '\nA dry run: nothing was changed at the site. Without --dry-run the same command does it; within an hour it looks nobody up again.\n',
    );
}

const refusedInWords = ({ holes }: Looked): string => `Nothing was changed. ${holesInWords(holes)}`;

/** @throws CliFailure when it is not wanted, or nobody can be asked */
async function confirm(
  { figures }: Looked,
  site: string,
  { yes, json }: BackfillOptions,
  { terminal }: World,
): Promise<void> {
  if (yes || figures.calls.planned.total === 0) return;
  const unasked = 'Nothing was changed: say --yes as well.';
  // The plan was not shown.
  if (json) throw new CliFailure(unasked, EXIT.usage);
  const question = `\nWhat comes by webhook from now on may be overtaken by an older order of the file. A run with a newer export puts that right.\nLabel these contacts in ${site}? (yes/no) `;
  const answer = await ask(terminal, question, { unasked, unanswered: 'Nothing was changed.' });
  if (!/^y(es)?$/i.test(answer)) throw new CliFailure('Nothing was changed.');
}

async function tellFinished(
  { finishedAt: at = 0, path }: Folder,
  { json }: BackfillOptions,
  { terminal }: World,
): Promise<void> {
  const finishedAt = new Date(at).toISOString();
  const list = join(path, NOT_LABELLED);
  const isWell = !(await stat(list).catch(() => undefined));
  if (!isWell) endWith(EXIT.found);
  const some = isWell ? '' : ` Some contacts could not be labelled: ${list}.`;
  if (json) writeJson(terminal, { finishedAt, ...(!isWell && { notLabelled: list }) });
  else {
    terminal.out.write(
      `These orders were done on ${finishedAt}.${some} --restart looks at them anew; labels that are in place are not put again.\n`,
    );
  }
}

function tellStopped(sent: () => number, { restart }: BackfillOptions, { terminal }: World): void {
  const same = restart ? 'the same command, without --restart,' : 'the same command';
  terminal.err.write(
    `Stopped after ${many(sent(), 'Wix call')}. What they did is noted: ${same} goes on from there.\n`,
  );
}

const dataWarning = (rule: string): string =>
  `The rule "${rule}" reads event.data: that is a row of the file here, and not what the webhook says.\n`;

const tagsWarning = (rule: string): string =>
  `The rule "${rule}" reads event.tags, the customer's own tags: no export of orders has them, so there are none.\n`;
