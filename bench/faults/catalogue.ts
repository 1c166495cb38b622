import { AT_HOME } from './at-home.ts';
import { AT_SITE } from './at-site.ts';
import { AT_WIX } from './at-wix.ts';
import type { FaultCase } from './fault.ts';

const MINUTE = 60_000;
/** Between one fault and the next in the long run. */
const PAUSE_MINUTES = 20;

const NONE: FaultCase = {
  name: 'none',
  what: 'nothing goes wrong, to compare with',
  minutes: 30,
  begin: () => {},
};

/** One run of all that need no site of their own. */
function inARow(faults: readonly FaultCase[]): FaultCase {
  const some = faults.filter(({ as, settings }) => !as && !settings);
  const minutes = some.reduce((sum, fault) => sum + fault.minutes + PAUSE_MINUTES, 0);
  return {
    name: 'in a row',
    what: `${some.length} of the above one after the other`,
    minutes,
    times: 3,
    deadLetters: some.flatMap(({ deadLetters = [] }) => deadLetters),
    windowUnjudged: true,
    async begin(stage, { from }) {
      let at = from;
      for (const fault of some) {
        const until = at + fault.minutes * MINUTE;
        await fault.begin(stage, { from: at, until });
        at = until + PAUSE_MINUTES * MINUTE;
      }
    },
  };
}

const ALONE: readonly FaultCase[] = [...AT_WIX, ...AT_SITE, ...AT_HOME];
export const FAULTS: readonly FaultCase[] = [NONE, ...ALONE, inARow(ALONE)];
