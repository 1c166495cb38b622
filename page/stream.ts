import { batch } from '@preact/signals';
import { announce, announceChanges } from './announce.ts';
import type { StreamEvents } from './api.ts';
import { createBatch } from './batch.ts';
import { mergeFlows, NO_FLOWS } from './flows.ts';
import { mergeContacts, mergeMinutes } from './merge.ts';
import * as state from './state.ts';

const KEYS = [
  'flows',
  'contacts',
  'deadLetters',
  'rules',
  'presets',
  'rate',
  'clock',
  'breaker',
  'figures',
] as const satisfies readonly (keyof StreamEvents)[];

/** What is merged, so that it must begin anew when the stream does. */
const MERGED: readonly (keyof StreamEvents)[] = ['flows', 'contacts', 'figures'];

type Held = { [K in keyof StreamEvents]?: StreamEvents[K][] };

/** Not more often than the eye can follow; a hidden page has no animation frames. */
const EVERY_MS = 200;
function later(run: () => void): void {
  setTimeout(() => (document.hidden ? run() : requestAnimationFrame(run)), EVERY_MS);
}

/** Follows the engine for as long as the page is open. The browser itself connects again. */
export function followEngine(): void {
  const stream = new EventSource('/_earmark/stream');
  let fresh = new Set<keyof StreamEvents>();
  const hold = createBatch<StreamEvents>((held) => batch(() => take(held, fresh)), later);
  stream.onopen = () => {
    fresh = new Set(MERGED);
    if (state.connection.value === 'lost') announce('Connected to the engine again.');
    state.connection.value = 'live';
  };
  stream.onerror = () => {
    if (state.connection.value === 'live') announce('The engine does not answer.');
    state.connection.value = 'lost';
  };
  for (const key of KEYS) {
    stream.addEventListener(key, ({ data }) => hold(key, JSON.parse(data)));
  }
}

function take(held: Held, fresh: Set<keyof StreamEvents>): void {
  const isFresh = (key: keyof StreamEvents): boolean =>
    held[key] !== undefined && fresh.delete(key);
  const { flows, contacts, deadLetters, rules, presets, rate, clock, breaker, figures } = held;
  const before = { breaker: state.breaker.value, deadLetters: state.deadLetters.value.length };
  if (flows) {
    const base = isFresh('flows') ? NO_FLOWS : state.flows.value;
    state.flows.value = mergeFlows(base, flows.flat());
  }
  if (contacts) {
    const base = isFresh('contacts') ? [] : state.contacts.value;
    state.contacts.value = mergeContacts(base, contacts.flat());
  }
  if (figures) {
    const base = isFresh('figures') ? [] : state.figures.value;
    state.figures.value = mergeMinutes(base, figures.flat());
  }
  const last = <T>(list: readonly T[] | undefined, set: (value: T) => void): void => {
    const value = list?.at(-1);
    if (value !== undefined) set(value);
  };
  last(deadLetters, (value) => {
    state.deadLetters.value = value;
  });
  last(rules, (value) => {
    state.rules.value = value;
  });
  last(presets, (value) => {
    state.presets.value = value;
  });
  last(rate, (value) => {
    state.rate.value = value;
  });
  last(breaker, (value) => {
    state.breaker.value = value;
  });
  last(clock, ({ now, aheadMs }) => {
    state.clock.value = { aheadOfBrowser: now - Date.now(), aheadMs };
    state.tick();
  });
  announceChanges(before);
}
