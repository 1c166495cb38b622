import type { LabelJob } from '../../../lib/queue/job.ts';
import { table } from '../../../terminal/table.ts';
import { type CommandContext, endWith } from '../../kit/command.ts';
import { EXIT } from '../../kit/failure.ts';
import { type Rate, rateInWords, rateText } from '../../kit/rate.ts';
import type { Target } from '../../kit/target.ts';
import { writeJson } from '../../kit/terminal.ts';
import { number } from '../../kit/words.ts';
import type { DeadLetter } from './dead-letter.ts';
import { countBy, readDeadLetters, unreadNotice } from './open.ts';
import { type Staying, stayingLines } from './replay-report.ts';
import type { ThrottleOptions } from './throttle.ts';
import { deadLetters, span } from './words.ts';

/** How many labels are named. */
const LABELS = 10;

export type DryRun = Pick<ThrottleOptions, 'queue' | 'filter' | 'plan'> & {
  readonly rate: Rate;
  readonly target: Target;
};

/** Says what a replay would do, and changes nothing. */
export async function dryRun(
  { queue, filter, plan, rate, target }: DryRun,
  { json }: { json?: boolean },
  context: CommandContext,
): Promise<void> {
  const drained = await readDeadLetters(queue, context);
  if (context.terminal.signal.aborted) return;
  const jobs = new Map<DeadLetter, LabelJob>();
  const stayed: Staying[] = [];
  for (const deadLetter of drained.deadLetters.filter(filter)) {
    const planned = await plan(deadLetter);
    if ('job' in planned) jobs.set(deadLetter, planned.job);
    else stayed.push({ deadLetter, why: planned.stays });
  }
  const { hidden, heldByOthers } = drained;
  const { perMinute } = rate;
  const seconds = Math.ceil((jobs.size * 60) / perMinute);
  const found = totals(jobs);
  const { out, err } = context.terminal;
  if (json) {
    const staying = stayed.map(({ deadLetter, why }) => ({ id: deadLetter.id, why }));
    const document = {
      wouldReplay: jobs.size,
      perMinute,
      seconds,
      ...found,
      stayed: staying,
      hidden,
      heldByOthers,
    };
    writeJson(context.terminal, document);
  } else {
    const pace = `${span(seconds * 1000)} at ${rateText(rate)}`;
    out.write(describe(jobs.size, found, pace, target));
    err.write(`${rateInWords(rate)}\n`);
    if (stayed.length > 0) out.write(stayingLines(stayed, context.terminal));
    err.write(unreadNotice(drained));
  }
  if (stayed.length > 0) endWith(EXIT.found);
}

/** Counts by reason, site and label (`-` before one that is to be removed). */
function totals(jobs: ReadonlyMap<DeadLetter, LabelJob>) {
  const by = (keys: (deadLetter: DeadLetter, job: LabelJob) => readonly string[]) =>
    Object.fromEntries(
      countBy([...jobs.keys()], (deadLetter) => {
        const job = jobs.get(deadLetter);
        return job ? keys(deadLetter, job) : [];
      }),
    );
  return {
    reasons: by(({ info }) => [info.reason]),
    sites: by((_, { site }) => [site]),
    labels: by((_, { add, remove }) => [...add, ...remove.map((name) => `-${name}`)]),
  };
}

function describe(
  n: number,
  { reasons, sites, labels }: ReturnType<typeof totals>,
  pace: string,
  target: Target,
): string {
  if (n === 0) return `Nothing would be replayed in ${target.name}.\n`;
  const rows = (counts: Readonly<Record<string, number>>, most = Number.POSITIVE_INFINITY) => {
    const all = Object.entries(counts);
    const left = all.length - most;
    const shown = all.slice(0, most).map(([name, m]) => [`  ${number(m)}`, name]);
    return table(left > 0 ? [...shown, ['', `and ${number(left)} others`]] : shown, [0]);
  };
  return [
    `Would replay ${deadLetters(n)} in ${target.name}: ${pace}.`,
    `By reason:\n${rows(reasons)}`,
    `By site:\n${rows(sites)}`,
    `By label (- is removed):\n${rows(labels, LABELS)}`,
    '',
  ].join('\n');
}
