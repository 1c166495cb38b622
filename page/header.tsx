import { spoken } from './announce.ts';
import { hrefOf, type View } from './route.ts';
import { isNarrow } from './screen.ts';
import { clock, connection, engine, now } from './state.ts';
import { clockTime, day, span } from './words.ts';

const TITLES: Readonly<Record<View, string>> = {
  flow: 'Flow',
  try: 'Try it',
  rules: 'Rules',
  contacts: 'Contacts',
  break: 'Break it',
  figures: 'Figures',
};
/** What there is of a simulated Wix alone. */
const SIMULATED: readonly View[] = ['contacts', 'break'];

export function Header({ view }: { readonly view: View }) {
  const isSimulated = engine.value?.isSimulated ?? true;
  const views = (Object.keys(TITLES) as View[]).filter(
    (one) => (isNarrow.value || one !== 'flow') && (isSimulated || !SIMULATED.includes(one)),
  );
  const skip = (): void => document.getElementById('main')?.focus();
  return (
    <header class="bar">
      <button type="button" class="skip" onClick={skip}>
        Skip to the content
      </button>
      <h1>Earmark</h1>
      <nav aria-label="Views">
        <ul>
          {views.map((one) => (
            <li key={one}>
              <a href={hrefOf(one)} aria-current={one === view ? 'page' : undefined}>
                {TITLES[one]}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <Status />
      <div class="unseen" role="status" aria-live="polite">
        {spoken.value}
      </div>
    </header>
  );
}

const CONNECTIONS = { connecting: 'Connecting', live: 'Live', lost: 'Not connected' } as const;

function Status() {
  const { aheadMs } = clock.value;
  return (
    <p class="status">
      {engine.value && (
        <span class="site">{engine.value.isSimulated ? 'Simulated Wix' : 'Real Wix site'}</span>
      )}
      <span class={`connection ${connection.value}`}>{CONNECTIONS[connection.value]}</span>
      <span class="clock">
        <span class="unseen">Time of the engine: </span>
        {aheadMs > 0 && `${day(now.value)} `}
        {clockTime(now.value)}
        {aheadMs > 0 && <span class="ahead"> +{span(aheadMs)}</span>}
      </span>
    </p>
  );
}
