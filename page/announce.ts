import { effect, signal } from '@preact/signals';
import type { Flow } from './api.ts';
import * as state from './state.ts';
import { flowInWords, many } from './words.ts';

/** What a screen reader is to say next. */
export const spoken = signal('');

/** A reader that is interrupted all the time says nothing: what comes sooner waits, and is said together. */
const EVERY_MS = 2_500;
const waiting: string[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;

/** Has a screen reader say it, when it has said what came before. */
export function announce(text: string): void {
  if (!waiting.includes(text)) waiting.push(text);
  if (timer !== undefined) return;
  const say = (): void => {
    timer = waiting.length > 0 ? setTimeout(say, EVERY_MS) : undefined;
    if (waiting.length > 0) spoken.value = waiting.splice(0).join(' ');
  };
  say();
}

interface Before {
  readonly breaker: { readonly openUntil: number | undefined };
  readonly deadLetters: number;
}

/** Speaks of what somebody must know who looks elsewhere; the flow itself is not read out. */
export function announceChanges(before: Before): void {
  const { openUntil, reason } = state.breaker.value;
  if ((openUntil === undefined) !== (before.breaker.openUntil === undefined)) {
    announce(
      openUntil === undefined
        ? 'Calls to Wix go on.'
        : `Calls to Wix are stopped${reason ? `: ${reason}` : ''}.`,
    );
  }
  const more = state.deadLetters.value.length - before.deadLetters;
  if (more > 0) announce(`${many(more, 'new dead letter')}.`);
}

/** Says what becomes of a delivery that was sent from the page, until it is done. */
export function announceOutcome(flowId: string): void {
  let last: Flow['state'] | undefined;
  const stop = effect(() => {
    const flow = state.flows.value.byId.get(flowId);
    if (flow === undefined || flow.state === last) return;
    last = flow.state;
    if (flow.state === 'received' || flow.state === 'queued') return;
    announce(`${flowInWords(flow)}.`);
    if (flow.state !== 'waiting') queueMicrotask(() => stop());
  });
}
