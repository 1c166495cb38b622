import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { keptOf } from '../../../lib/history/merge.ts';
import { digest } from '../../../lib/runtime/digest.ts';
import { SettingsError } from '../../../lib/runtime/settings.ts';
import { compileLabels } from '../../../lib/standing/compile.ts';
import type { StandingLabels } from '../../../lib/standing/standing.ts';
import { bulkGroups } from '../../kit/bulk-labels.ts';
import type { CommandContext } from '../../kit/command.ts';
import { readMapping, readRules } from '../../kit/current-rules.ts';
import { type Rate, readRate } from '../../kit/rate.ts';
import { retentionOf } from '../../kit/retention.ts';
import { type RulesOptions, rulesFile } from '../../kit/rules-option.ts';
import { type OpenedSite, openSite } from '../../kit/site.ts';
import type { Target, TargetOptions } from '../../kit/target.ts';
import { bulkRate } from './bulk.ts';
import { earn } from './customers.ts';
import type { Variants } from './details.ts';
import type { BackfillSource } from './exports.ts';
import { planBackfill } from './figures.ts';
import { makeFolder, writeFiles } from './files.ts';
import { createLiveEvents, type Running } from './live.ts';
import type { ReadFile } from './read-orders.ts';
import { openSent } from './send.ts';
import type { DateOrder } from './values.ts';

export interface BackfillOptions extends TargetOptions, RulesOptions {
  readonly source?: BackfillSource;
  readonly map?: readonly string[];
  readonly dates?: DateOrder;
  readonly variants?: Variants;
  readonly currency?: string;
  readonly dryRun?: boolean;
  readonly rate?: string;
  /** False: `--no-bulk`. */
  readonly bulk?: boolean;
  readonly yes?: boolean;
  readonly restart?: boolean;
  readonly json?: boolean;
}

export type PreparedBackfill = Awaited<ReturnType<typeof prepare>>;

/** Everything up to the plan. Nothing is sent. @throws CliFailure, FileError, SettingsError */
export async function prepare(
  file: string,
  read: ReadFile,
  target: Target,
  options: BackfillOptions,
  { terminal, folder, now }: CommandContext,
) {
  const { rules, siteOf } = await readMapping(rulesFile(options), folder, target);
  const labels = await readStanding(rulesFile(options), folder, target);
  const rate = await readBackfillRate(options.rate, target);
  const [event] = read.orders.flat();
  const site = (event && siteOf(event)) ?? '';
  const earned = earn(read.orders, site, rules, now());
  const path = await makeFolder(folder, file, site);
  const jobs = earned.customers.flatMap(({ job }) => job ?? []);
  const plan = digest(target.memoryId ?? '', ...jobs.map(({ id }) => id).toSorted());
  const sent = await openSent(join(path, 'sent.txt'), plan, options.restart ?? false);
  const { signal } = terminal;
  const note = (text: string) => terminal.err.write(`${text}\n`);
  const wait = (ms: number): Promise<void> => sleep(ms, undefined, { signal });
  const since = Math.min(earned.newest - (read.isZoneless ? FURTHEST_AHEAD_MS : 0), now());
  const live = createLiveEvents({ target, since, now, signal, note });
  const running = { live, signal, now, wait, note };
  // A job that leaves a history goes to the queue in any case, and takes the labels along.
  const wantsBulk = options.bulk !== false && !rules.keepsHistory && bulkGroups(jobs).length > 0;
  const wix = wantsBulk ? await openWix(target, rate, running) : undefined;
  await live.look();
  const isBulk = wix?.id === site;
  return {
    plan: planBackfill(read, earned, {
      missing: rules.missing,
      standing: (job) => [
        ...(labels?.evaluate(keptOf(job.facts ?? []), now()).wanted.keys() ?? []),
      ],
      sent,
      live,
      rate,
      isBulk,
    }),
    rate,
    /** The Wix site, for what goes in bulk; undefined where all goes by the queue. */
    wix,
    files: await writeFiles(
      path,
      earned.customers,
      read.unread,
      (job) => sent.has(job.id) && live.metNobody(job),
    ),
    running,
    sent,
  };
}

/** The standing labels of a rules file; undefined where it has none. @throws CliFailure, FileError */
async function readStanding(
  file: string,
  folder: string,
  target: Target,
): Promise<StandingLabels | undefined> {
  const { config } = await readRules(file, folder);
  return config.labels && compileLabels(config.labels, { retentionMs: retentionOf(target) });
}

/** Where the file names no zone its times are the shop's own. No clock is further ahead of UTC. */
const FURTHEST_AHEAD_MS = 14 * 3_600_000;

/** @returns undefined, and says so, where the target has no credentials that this command may read */
async function openWix(
  target: Target,
  rate: Rate,
  { note, signal }: Running,
): Promise<OpenedSite | undefined> {
  try {
    return await openSite(target, bulkRate(rate), signal);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    note(`Nobody is labelled in bulk, all jobs go to the queue:\n${error.problems.join('\n')}`);
    return undefined;
  }
}

/** The workers remember none of these contacts: a job takes two calls. A third of a site's calls is for them. */
async function readBackfillRate(text: string | undefined, target: Target): Promise<Rate> {
  const rate = await readRate(text, target);
  return text ? rate : { ...rate, perMinute: Math.max(1, Math.floor(rate.perMinute / 2)) };
}
