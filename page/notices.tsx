import { Countdown } from './parts.tsx';
import { hrefOf } from './route.ts';
import { breaker, connection, presets, rules, rulesFile } from './state.ts';
import { many } from './words.ts';

/** What holds for all of the page: nothing is shown where all is well. */
export function Notices() {
  const { openUntil, reason } = breaker.value;
  const problems = (rules.value?.problems ?? []).filter(({ level }) => level === 'error');
  const on = presets.value.filter(({ isOn }) => isOn);
  const isLost = connection.value === 'lost';
  if (!isLost && openUntil === undefined && on.length + problems.length === 0) return null;
  return (
    <section class="notices" aria-label="Notices">
      {isLost && (
        <p class="notice bad">
          <strong>The engine does not answer.</strong> The page goes on when it is there again.
        </p>
      )}
      {openUntil !== undefined && (
        <p class="notice wait">
          <strong>Calls to Wix are stopped</strong>
          {reason && `: ${reason}`}. The next one is tried <Countdown at={openUntil} />.
        </p>
      )}
      {on.length > 0 && (
        <p class="notice wait">
          <strong>Broken on purpose</strong>: {on.map(({ title }) => title).join(', ')}.{' '}
          <a href={hrefOf('break')}>Mend it</a>
        </p>
      )}
      {problems.length > 0 && (
        <p class="notice bad">
          <strong>{rulesFile.value} as it is does not run</strong>:{' '}
          {many(problems.length, 'problem')}. The rules before it go on.{' '}
          <a href={hrefOf('rules')}>Show them</a>
        </p>
      )}
    </section>
  );
}
