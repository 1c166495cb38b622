import { relative } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { digest } from '../../lib/queue/identity.ts';
import { WixError } from '../../lib/wix/failure.ts';
import { endWith, type TargetOptions, type World } from '../command.ts';
import { rateOf } from '../dead-letters/rate.ts';
import { CliFailure, EXIT } from '../failure.ts';
import { openSite } from '../site.ts';
import { carryOut } from './carry-out.ts';
import { earn } from './customers.ts';
import { doneOf } from './figures.ts';
import { FINISHED, type Folder, hashOf, openFolder, writeCsv } from './folder.ts';
import { follow } from './follow.ts';
import { counted } from './journal.ts';
import { type Looked, look } from './look.ts';
import { wixTrouble } from './patient-call.ts';
import { readOrders, readRules } from './read-orders.ts';
import { openSession, type Session } from './session.ts';
import type { DateOrder } from './values.ts';
import { describeDone, describePlan, describeReading, many } from './words.ts';

export interface BackfillOptions extends TargetOptions {
  readonly source?: string;
  readonly map?: readonly string[];
  readonly dates?: DateOrder;
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
  const perMinute = Math.max(1, Math.floor(rateOf(options.rate)));
  const { rules, hash, readsData } = await readRules(world.folder);
  const read = await readOrders(file, options);
  const earned = earn(rules, read.orders);
  for (const rule of readsData) terminal.err.write(dataWarning(rule));
  const target = await world.openTarget(options);
  let sent = () => 0;
  try {
    const site = await openSite(target, perMinute, terminal.signal);
    const { columns, source } = read.mapping;
    const reading = digest(source, options.dates ?? '', JSON.stringify([...columns]));
    const folder = await openFolder({
      project: world.folder,
      file,
      site: site.id,
      inputs: { orders: await hashOf(file), rules: hash, reading },
      restart: options.restart ?? false,
      now: world.now(),
    });
    if (folder.finishedAt !== undefined) return tellFinished(folder.finishedAt, options, world);
    const session = await openSession(site, folder.journal, world);
    sent = session.sent;
    try {
      const toLook = {
        read,
        earned,
        policy: rules.missing,
        perMinute,
        folder,
        target,
        site: site.id,
      };
      const looked = await look(toLook, session, world);
      if (!options.json) tellPlan(file, read.delimiter, looked, world);
      if (options.dryRun) return tellDryRun(looked, options, world);
      await confirm(looked, target.name, options, world);
      await carry(looked, session, folder, options, world);
    } finally {
      await session.journal.close();
    }
  } catch (error) {
    if (terminal.signal.aborted) return tellStopped(sent, world);
    throw error instanceof WixError ? wixTrouble(error) : error;
  } finally {
    target.close();
  }
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
  const problems = await writeCsv(folder, 'not-labelled.csv', [
    ['contact', 'reason'],
    ...applied.failed,
  ]);
  await session.journal.once(FINISHED, async () => now());
  if (done.failed + refused.length > 0) endWith(EXIT.found);
  terminal.out.write(
    options.json
      ? `${JSON.stringify({ ...figures, dryRun: false, done }, null, 2)}\n`
      : `\n${describeDone(done, problems)}\n`,
  );
}

function tellPlan(file: string, delimiter: string, { figures, files }: Looked, world: World): void {
  const { terminal } = world;
  terminal.out.write(`${describeReading(relative(world.folder, file), delimiter, figures)}\n\n`);
  terminal.out.write(`${describePlan(terminal, figures, files)}\n`);
}

function tellDryRun({ figures }: Looked, { json }: BackfillOptions, { terminal }: World): void {
  terminal.out.write(
    json
      ? `${JSON.stringify({ ...figures, dryRun: true }, null, 2)}\n`
      : '\nA dry run: nothing was changed at the site. Without --dry-run the same command does it; within an hour it looks nobody up again.\n',
  );
}

/** @throws CliFailure when it is not wanted, or nobody can be asked */
async function confirm(
  { figures }: Looked,
  site: string,
  { yes }: BackfillOptions,
  { terminal: { err, signal } }: World,
): Promise<void> {
  if (yes || figures.calls.planned.total === 0) return;
  if (!process.stdin.isTTY || !err.isTTY) {
    throw new CliFailure('Nothing was changed: say --yes as well.', EXIT.usage);
  }
  const question = createInterface({ input: process.stdin, output: err });
  const asked = `\nWhat comes by webhook from now on may be overtaken by an older order of the file. A run with a newer export puts that right.\nLabel these contacts in ${site}? (yes/no) `;
  const answer = await question.question(asked, { signal }).finally(() => question.close());
  if (!/^y(es)?$/i.test(answer.trim())) throw new CliFailure('Nothing was changed.');
}

function tellFinished(at: number, { json }: BackfillOptions, { terminal }: World): void {
  const finishedAt = new Date(at).toISOString();
  terminal.out.write(
    json
      ? `${JSON.stringify({ finishedAt }, null, 2)}\n`
      : `These orders were done on ${finishedAt}. --restart looks at them anew; labels that are in place are not put again.\n`,
  );
}

function tellStopped(sent: () => number, { terminal }: World): void {
  terminal.err.write(
    `Stopped after ${many(sent(), 'Wix call')}. What they did is noted: the same command goes on from there.\n`,
  );
}

const dataWarning = (rule: string): string =>
  `The rule "${rule}" reads event.data: that is a row of the file here, and not what the webhook says.\n`;
