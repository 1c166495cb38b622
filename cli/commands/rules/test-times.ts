import type { Explanation } from '../../../lib/yaml/explain-schema.ts';
import { ageMs } from '../../kit/command.ts';

const DAY = /^\d{4}-\d\d-\d\d$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/;

const HOW_TIMES_ARE_WRITTEN =
  'write a day (2026-01-05, which begins at 00:00 UTC), a time (2026-01-05T10:00:00Z), or how long after the one before (+3d; also m, h and w)';

/** Epoch milliseconds of a time as a test writes it; undefined for what is none. @param before the time before it */
function timeOf(written: string, before: number): number | undefined {
  if (written.startsWith('+')) {
    const after = ageMs(written.slice(1));
    return after === undefined ? undefined : before + after;
  }
  if (!DAY.test(written) && !TIME.test(written)) return undefined;
  const at = Date.parse(written);
  // Date.parse takes the 31st of any month.
  const isThere = DAY.test(written)
    ? !Number.isNaN(at) && new Date(at).toISOString().startsWith(written)
    : !Number.isNaN(at);
  return isThere ? at : undefined;
}

/** Times of a list, each at or after the one before, or what is wrong with them. */
export function timesOf(
  written: readonly string[],
  path: Explanation['path'],
  start?: number,
): { readonly times: readonly number[]; readonly wrong: readonly Explanation[] } {
  const times: number[] = [];
  const wrong: Explanation[] = [];
  written.forEach((text, i) => {
    const before = times.at(-1) ?? start;
    const at = timeOf(text, before ?? Number.NaN);
    const fail = (message: string) => wrong.push({ path: [...path, i, 'at'], message });
    if (at === undefined) fail(`\`${text}\` is no time: ${HOW_TIMES_ARE_WRITTEN}`);
    else if (Number.isNaN(at)) {
      fail(`\`${text}\` is after nothing: give the first event a day, like 2026-01-05`);
    } else if (times.length > 0 && before !== undefined && at < before) {
      fail(`\`${text}\` is before the one above: list them in the order of their times`);
    }
    times.push(at ?? before ?? Number.NaN);
  });
  return { times, wrong };
}

/** `2026-01-05`, with the time of day where it is not midnight: `2026-01-05 10:00:00 UTC`. */
export function renderTime(at: number): string {
  const [day = '', time = ''] = new Date(at).toISOString().split('T');
  return time === '00:00:00.000Z' ? day : `${day} ${time.slice(0, 8)} UTC`;
}
