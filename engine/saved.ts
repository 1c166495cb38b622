import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { readProjectRules } from '../lib/rules/authoring/beside.ts';
import { forgetOwnFiles, ownFiles } from '../lib/sources/authoring/files.ts';
import { forgetDescribed } from '../lib/sources/described/table.ts';
import { noRules } from '../scripts/rules-plugin.ts';
import { renderChanges } from './rules-changes.ts';
import { renderTests, runRulesTests } from './rules-tests.ts';
import type { Paint } from './screen.ts';
import { createTakeOver, type RunningRules, running, type TakeOver } from './take-over.ts';
import { createLook, watchFiles } from './watch.ts';

export interface SavedOptions {
  /** Ends the watch. */
  readonly signal: AbortSignal;
  /** Has other rules run, if `isSame` when they are built: nobody saved a file meanwhile. @returns whether they run */
  readonly put: (next: RunningRules, isSame: () => boolean) => Promise<boolean>;
  /** Runs `wake`: it has all contacts looked at whose standing labels are others now, and is not due for a minute. */
  readonly wake: () => Promise<void>;
  /** Whether `earmark clock` moves the time on. */
  readonly hasClock: boolean;
  /** Hears why what was saved does not run; undefined once it does, and while it is being taken. */
  readonly onRefusal: (problem: string | undefined) => void;
  readonly print: (text: string) => void;
  readonly paint: Paint;
}

/**
 * Watches the rules of a project's folder (rules.yml, the tables beside it, my-sources/ and the tests), from before they
 * are read for the first time.
 * @param file the rules file, absolute
 */
export function openSaved(file: string) {
  const tests = file.replace(/(?:\.ya?ml)?$/, '.test.yml');
  const files = new Set<string>();
  const lookAtRules = createLook(file, files, () => ownFiles(dirname(file)));
  const lookAtTests = createLook(tests);
  const look = () => {
    const { version, isGone } = lookAtRules();
    return { version: version + lookAtTests().version, isGone };
  };
  const taken = look();
  const read = () => {
    if (!existsSync(file)) throw new Error(noRules(file));
    const rules = readProjectRules(file, files);
    // A table that was named for the first time is watched from now on.
    look();
    return rules;
  };
  return {
    /** The rules as they are at the start. @throws FileError */
    first: (): RunningRules => running(read(), Date.now()),
    /** Takes over what is saved, until the signal. @param first the rules that run */
    async watch(first: RunningRules, options: SavedOptions): Promise<void> {
      const { signal, put, print, paint } = options;
      // That of the first look: what was saved since then is taken over, too.
      let version = 0;
      const takeOver = createTakeOver(
        {
          now: Date.now,
          read() {
            forgetOwnFiles();
            forgetDescribed();
            return read();
          },
          put: (next) => put(next, () => lookAtRules().version === version),
        },
        first,
      );
      const onSaved = async (): Promise<void> => {
        const before = version;
        version = lookAtRules().version;
        if (version !== before) options.onRefusal(undefined);
        const found = version === before ? undefined : await takeOver();
        if (signal.aborted) return;
        if (found?.kind === 'refused') options.onRefusal(found.problem);
        if (found) print(renderTakeOver(found, options));
        if (found?.kind === 'taken' && found.isReviewed) void options.wake();
        if (found?.kind === 'refused' || !existsSync(tests)) return;
        print(await testsLine(file, signal, paint));
      };
      await watchFiles(look, taken, onSaved, { signal });
    },
  };
}

/** For the screen: what became of saved rules. */
function renderTakeOver(
  found: NonNullable<TakeOver>,
  { hasClock, paint }: Pick<SavedOptions, 'hasClock' | 'paint'>,
): string {
  if (found.kind === 'mended') return 'The saved rules compile again. They say what runs.';
  if (found.kind === 'refused') {
    return `${paint.bad(found.problem)}\nThe former rules still run.`;
  }
  const changes = renderChanges(found.changes).map((line) => `  ${line}`);
  // `wake` waits until no worker knows the former definitions (lib/waking/wake.ts), as after a deployment.
  const review = found.isReviewed
    ? [
        `  All contacts are looked at in four minutes${hasClock ? '; ./earmark clock +4m does it now' : ''}.`,
      ]
    : [];
  return ['The saved rules run now:', ...changes, ...review].join('\n');
}

const testsLine = (rules: string, signal: AbortSignal, paint: Paint): Promise<string> =>
  runRulesTests(rules, signal).then(
    (outcome) => {
      const isFine = outcome.tests.every(({ passed }) => passed);
      return paint[isFine ? 'good' : 'bad'](renderTests(outcome));
    },
    (error: Error) => paint.bad(error.message),
  );
