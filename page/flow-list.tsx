import { useMemo } from 'preact/hooks';
import type { Flow as OneFlow } from './api.ts';
import { EVERYTHING, type FlowFilter } from './flows.ts';
import { Changes, Countdown, Empty, Outcome, Time } from './parts.tsx';
import { hrefOf } from './route.ts';
import { go } from './screen.ts';
import { engine, filter, flows, found, LINES, lines, pausedAt, route, stages } from './state.ts';
import { many, STATES } from './words.ts';

export function Flow() {
  return (
    <section class="flow" aria-labelledby="flow-title">
      <div class="head">
        <h2 id="flow-title" tabIndex={-1}>
          Flow
        </h2>
        <Pause />
      </div>
      <Stages />
      <Filters />
      <Lines />
    </section>
  );
}

/** The way of deliveries, with how many are where. */
function Stages() {
  const { received, queued, waiting, done, deadLetters } = stages.value;
  const steps = [
    { name: 'Received', count: received, state: 'all' },
    {
      name: waiting > 0 ? `In the queue, ${waiting} waiting` : 'In the queue',
      count: queued,
      state: 'open',
    },
    { name: 'At the contact', count: done, state: 'labelled' },
    { name: 'Dead letters', count: deadLetters, state: 'dead-letter' },
  ] as const;
  return (
    <ul class="stages" aria-label="Where deliveries are">
      {steps.map(({ name, count, state }) => (
        <li key={state} class={state === 'dead-letter' && count > 0 ? 'bad' : ''}>
          <button
            type="button"
            aria-pressed={state !== 'all' && filter.value.state === state}
            onClick={() => narrow({ state: filter.value.state === state ? 'all' : state })}
          >
            <b>{count.toLocaleString('en-US')}</b> <span>{name}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function Pause() {
  const at = pausedAt.value;
  const more = at ? flows.value.list.filter(({ id }) => !at.byId.has(id)).length : 0;
  return (
    <button
      type="button"
      class="quiet"
      aria-pressed={at !== undefined}
      onClick={() => {
        pausedAt.value = at ? undefined : flows.value;
      }}
    >
      {at ? `Paused: ${more.toLocaleString('en-US')} new` : 'Pause'}
    </button>
  );
}

function narrow(change: Partial<FlowFilter>): void {
  filter.value = { ...filter.value, ...change };
  lines.value = LINES;
}

const textOf = (event: Event): string =>
  (event.currentTarget as HTMLInputElement | HTMLSelectElement).value;

function Filters() {
  const { source, state, text } = filter.value;
  const isNarrowed = filter.value !== EVERYTHING && (source || state !== 'all' || text);
  return (
    <search class="filters">
      <label class="grow">
        <span class="unseen">Find in the flow</span>
        <input
          type="search"
          placeholder="Find a person, event, label …"
          value={text}
          onInput={(event) => narrow({ text: textOf(event) })}
        />
      </label>
      <label>
        <span class="unseen">Source</span>
        <select value={source} onChange={(event) => narrow({ source: textOf(event) })}>
          <option value="">All sources</option>
          {engine.value?.sources.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span class="unseen">Outcome</span>
        <select
          value={state}
          onChange={(event) => narrow({ state: textOf(event) as FlowFilter['state'] })}
        >
          <option value="all">All outcomes</option>
          <option value="open">Not done yet</option>
          {Object.entries(STATES).map(([name, { word }]) => (
            <option key={name} value={name}>
              {word}
            </option>
          ))}
        </select>
      </label>
      {isNarrowed && (
        <button type="button" class="quiet" onClick={() => narrow(EVERYTHING)}>
          Show all
        </button>
      )}
    </search>
  );
}

function Lines() {
  const shown = found.value.slice(0, lines.value);
  const { view, id } = route.value;
  const open = view === 'flow' ? id : undefined;
  if (shown.length === 0) return <NoLines />;
  return (
    <>
      <table class="lines">
        <caption class="unseen">
          Deliveries, the newest first. The arrow keys go from one to the next.
        </caption>
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">Event</th>
            <th scope="col">Person and rules</th>
            <th scope="col">Labels</th>
            <th scope="col">Outcome</th>
          </tr>
        </thead>
        <tbody onKeyDown={moveAlong}>
          {shown.map((flow, i) => (
            <Line key={flow.id} flow={flow} isOpen={flow.id === open} isFirst={i === 0} />
          ))}
        </tbody>
      </table>
      {found.value.length > shown.length && (
        <p class="more">
          {shown.length} of {many(found.value.length, 'delivery', 'deliveries')}.{' '}
          <button
            type="button"
            class="quiet"
            onClick={() => {
              lines.value += LINES;
            }}
          >
            Show {LINES} more
          </button>
        </p>
      )}
    </>
  );
}

function NoLines() {
  if (flows.value.list.length > 0) return <Empty>Nothing of the flow is like that.</Empty>;
  return (
    <Empty>
      Nothing has come in yet. <a href={hrefOf('try')}>Send a purchase</a> to see it come.
    </Empty>
  );
}

/** The arrows go from line to line, so that Tab need not: what stands beside the list is one step away. */
function moveAlong(event: KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined || !(event.currentTarget instanceof Element)) return;
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>('a')];
  const next = links[links.indexOf(document.activeElement as HTMLElement) + step];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}

function Line({
  flow,
  isOpen,
  isFirst,
}: {
  readonly flow: OneFlow;
  readonly isOpen: boolean;
  readonly isFirst: boolean;
}) {
  // A line that is as it was is not drawn again: thousands may come in while it stands.
  return useMemo(() => {
    const { id, at, type, source, person, rules, add, remove, state, nextTryAt } = flow;
    return (
      <tr class={isOpen ? 'is-open' : ''} onClick={() => go('flow', id)}>
        <td class="time">
          <Time at={at} />
        </td>
        <td class="event">
          <a
            href={hrefOf('flow', id)}
            aria-current={isOpen ? 'true' : undefined}
            tabIndex={isOpen || isFirst ? 0 : -1}
          >
            {type || 'delivery'}
          </a>
          <small>{source}</small>
        </td>
        <td class="person">
          <span>{person ?? '–'}</span>
          <small>{rules.join(', ')}</small>
        </td>
        <td>
          <Changes add={add} remove={remove} />
        </td>
        <td class="end">
          <Outcome state={state} />
          {nextTryAt !== undefined && (
            <small>
              <Countdown at={nextTryAt} />
            </small>
          )}
        </td>
      </tr>
    );
  }, [flow, isOpen, isFirst]);
}
