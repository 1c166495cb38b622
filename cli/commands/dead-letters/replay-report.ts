import type { LabelJob } from '../../../lib/queue/job.ts';
import { table } from '../../../terminal/table.ts';
import { type Rate, rateText } from '../../kit/rate.ts';
import type { Target } from '../../kit/target.ts';
import type { Terminal } from '../../kit/terminal.ts';
import { number, span } from '../../kit/words.ts';
import { countBy, countOf, type DeadLetter, shortId } from './dead-letter.ts';
import type { Drained } from './lease.ts';
import { renderUnread } from './open.ts';
import type { Replayed, Staying } from './throttle.ts';

type Rest = Pick<Drained, 'hidden' | 'leasedByOthers'> & { readonly stayed: readonly Staying[] };

/** The document of `--json`: the figures of a replay or of a dry run, and what was left. */
export const toJson = (figures: object, { stayed, hidden, leasedByOthers }: Rest) => ({
  ...figures,
  hidden,
  leasedByOthers,
  stayed: stayed.map(({ deadLetter, why }) => ({ id: deadLetter.id, why })),
});

/** How many were replayed, and which stay. */
export function renderReplayed(
  { sent, stayed, remaining }: Replayed,
  target: Target,
  rate: Rate,
  terminal: Terminal,
): string {
  const isNone = sent.length + stayed.length + remaining === 0 && !terminal.signal.aborted;
  const replayed = isNone
    ? `No dead letter in ${target.name} fits.\n`
    : `Replayed ${countOf(sent.length)} in ${target.name}, at ${rateText(rate)}.\n`;
  return replayed + renderStaying(stayed, terminal);
}

/** What is left to do. */
export function renderRest(result: Replayed, { aborted }: AbortSignal): string {
  const { remaining } = result;
  const left =
    remaining > 0
      ? `${aborted ? 'Stopped: ' : ''}${countOf(remaining)} that fit ${remaining === 1 ? 'is' : 'are'} ` +
        'still where they were. Run the same command again to go on.\n'
      : `${aborted ? 'Stopped. Run the same command again to go on.\n' : ''}`;
  return left + renderUnread(result);
}

/** As long a worker takes a site for full without asking it (`QUOTA_PAUSE_MS` of lib/labelling). */
const FULL_MS = 10 * 60_000;

/** That a site was found full a moment ago, where it was: '' else. */
export function renderFullSite(replayed: readonly DeadLetter[], now: number): string {
  const full = replayed.filter(({ info }) => info.reason === 'labels-quota-reached');
  const until = Math.max(0, ...full.map(({ sentAt }) => sentAt)) + FULL_MS;
  return now >= until
    ? ''
    : `The site was full ${span(now - until + FULL_MS)} ago, and the workers ask it again ten minutes later: ` +
        `what needs a new label before ${new Date(until).toISOString().slice(11, 16)} is a dead letter again.\n`;
}

/** How many of the dead letters that stay are named, for each reason why. */
const NAMED = 3;

/** The dead letters that stay, by why; '' where none does. */
function renderStaying(stayed: readonly Staying[], { columns: width }: Terminal): string {
  if (stayed.length === 0) return '';
  const groups = [...Map.groupBy(stayed, ({ why }) => why)];
  const rows = groups
    .sort(([a, some], [b, others]) => others.length - some.length || a.localeCompare(b))
    .map(([why, some]) => {
      const ids = some.slice(0, NAMED).map(({ deadLetter }) => shortId(deadLetter));
      const more = some.length > NAMED ? ', …' : '';
      return [`  ${number(some.length)}`, why, `(${ids.join(', ')}${more})`];
    });
  const stay = stayed.length === 1 ? 'stays where it is' : 'stay where they are';
  return `${countOf(stayed.length)} ${stay}:\n${table(rows, [0], { column: 1, width })}\n`;
}

/** What a dry run counts: by reason, site and label (`-` before one that is to be removed). */
export function totalsOf(jobs: ReadonlyMap<DeadLetter, LabelJob>, { perMinute }: Rate) {
  const by = (keys: (deadLetter: DeadLetter, job: LabelJob) => readonly string[]) =>
    Object.fromEntries(
      countBy([...jobs.keys()], (deadLetter) => {
        const job = jobs.get(deadLetter);
        return job ? keys(deadLetter, job) : [];
      }),
    );
  return {
    wouldReplay: jobs.size,
    perMinute,
    seconds: Math.ceil((jobs.size * 60) / perMinute),
    reasons: by(({ info }) => [info.reason]),
    sites: by((_, { site }) => [site]),
    labels: by((_, { add, remove }) => [...add, ...remove.map((name) => `-${name}`)]),
  };
}

/** How many labels are named. */
const LABELS = 10;

/** What a replay would do. */
export function renderDryRun(
  { wouldReplay, seconds, reasons, sites, labels }: ReturnType<typeof totalsOf>,
  stayed: readonly Staying[],
  target: Target,
  rate: Rate,
  terminal: Terminal,
): string {
  const staying = renderStaying(stayed, terminal);
  if (wouldReplay === 0) return `Nothing would be replayed in ${target.name}.\n${staying}`;
  const rows = (counts: Readonly<Record<string, number>>, most = Number.POSITIVE_INFINITY) => {
    const all = Object.entries(counts);
    const left = all.length - most;
    const shown = all.slice(0, most).map(([name, n]) => [`  ${number(n)}`, name]);
    return table(left > 0 ? [...shown, ['', `and ${number(left)} others`]] : shown, [0]);
  };
  return [
    `Would replay ${countOf(wouldReplay)} in ${target.name}: ${span(seconds * 1000)} at ${rateText(rate)}.`,
    `By reason:\n${rows(reasons)}`,
    `By site:\n${rows(sites)}`,
    `By label (- is removed):\n${rows(labels, LABELS)}`,
    staying,
  ].join('\n');
}
