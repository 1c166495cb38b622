import { ageMs } from '../../kit/command.ts';
import { wrongUsage } from '../../kit/failure.ts';

/** Years have four digits up to there and beyond. */
const FURTHEST_MS = 100 * 365 * 86_400_000;
const ISO = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/;

/**
 * The time that is meant, in epoch milliseconds. A day alone begins at midnight UTC.
 * @param now epoch milliseconds
 * @throws CliFailure for what is no time to come
 */
export function momentOf(text: string, now: number): number {
  if (/^-\d/.test(text)) {
    throw wrongUsage(
      `${text} would go back, and time only goes forward: ${text.replace('-', '+')} is later.\n` +
        'npm start -- --fresh sets it right, and forgets all that the engine holds.',
    );
  }
  const [, age = ''] = /^\+(.*[mhdw])$/.exec(text) ?? [];
  const step = ageMs(age);
  const time = step !== undefined ? now + step : ISO.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) {
    throw wrongUsage(
      `"${text}" is no time:\n+90m, +12h, +30d and +2w are, and 2027-05-31T09:00Z is.`,
    );
  }
  if (time < now) {
    throw wrongUsage(
      `${text} is over: it is ${new Date(now).toISOString()} for the engine,\nand its time never goes back.`,
    );
  }
  if (time > now + FURTHEST_MS) throw wrongUsage(`${text} is more than 100 years ahead.`);
  return time;
}
