import { DEFAULT_REQUESTS_PER_MINUTE } from '../../lib/labelling/settings.ts';
import { wrongUsage } from './failure.ts';
import type { Target } from './target.ts';
import { number } from './words.ts';

/** The part of the site's budget that a replay or a backfill uses: the rest is for what comes in meanwhile. */
const SHARE = 1 / 3;

const PER_MINUTE: Readonly<Record<string, number>> = { s: 60, min: 1, h: 1 / 60 };

/** `60/min`, `2/s`, `600/h` or `60` (a minute), as jobs a minute. @throws CliFailure */
export function rateOf(text: string): number {
  const [, amount = '', unit = 'min'] = /^(\d+(?:\.\d+)?)(?:\/(s|min|h))?$/.exec(text) ?? [];
  const rate = Number(amount) * (PER_MINUTE[unit] ?? 0);
  if (rate > 0) return rate;
  throw wrongUsage(`"${text}" is no rate. Write 60/min, 2/s or 600/h.`);
}

/** How fast jobs are sent, in jobs a minute, and what a site may be asked in a minute. */
export interface Rate {
  readonly perMinute: number;
  readonly budget: number;
}

/** The rate asked for, or a third of the site's budget. @throws CliFailure */
export async function readRate(text: string | undefined, target: Target): Promise<Rate> {
  // On a stage the worker's own environment has the number, which is not read here.
  const set = target.kind === 'engine' && (await target.settings()).get('WIX_REQUESTS_PER_MINUTE');
  const budget = set ? Number(set) : DEFAULT_REQUESTS_PER_MINUTE;
  return { budget, perMinute: text ? rateOf(text) : Math.max(1, Math.floor(budget * SHARE)) };
}

/** What a rate is, for people. */
export const rateText = ({ perMinute }: Rate): string =>
  perMinute < 1 ? `${number(perMinute * 60)} an hour` : `${number(perMinute)} a minute`;

/** What a rate means for the site. */
export const rateInWords = (rate: Rate): string =>
  `${rateText(rate)}: a job takes one call to Wix, or two for a contact that the workers do not remember, ` +
  `of the ${number(rate.budget)} a minute that they have for a site.`;
