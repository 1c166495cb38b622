// What the page knows, as signals: what reads one is drawn anew when it changes.
import { computed, signal } from '@preact/signals';
import type {
  Contact,
  DeadLetter,
  EngineInfo,
  FiguresMinute,
  PresetInfo,
  RulesInfo,
  StreamEvents,
} from './api.ts';
import {
  EVERYTHING,
  type FlowFilter,
  type Flows,
  filterFlows,
  NO_FLOWS,
  stagesOf,
} from './flows.ts';
import { routeOf } from './route.ts';

export const engine = signal<EngineInfo | undefined>(undefined);
/** The file of the rules, for people. */
export const rulesFile = computed(() => engine.value?.rulesFile ?? 'rules.yml');
export const connection = signal<'connecting' | 'live' | 'lost'>('connecting');
export const flows = signal<Flows>(NO_FLOWS);
export const contacts = signal<readonly Contact[]>([]);
export const deadLetters = signal<readonly DeadLetter[]>([]);
export const rules = signal<RulesInfo | undefined>(undefined);
export const presets = signal<readonly PresetInfo[]>([]);
/** Samples that come by themselves, a minute. */
export const rate = signal(0);
export const breaker = signal<StreamEvents['breaker']>({ openUntil: undefined, reason: undefined });
export const figures = signal<readonly FiguresMinute[]>([]);
/** How far the engine's clock is ahead of this browser's, and how far it was moved on, in milliseconds. */
export const clock = signal({ aheadOfBrowser: 0, aheadMs: 0 });

/** The engine's time, by the second. */
export const now = signal(Date.now());
export const tick = (): void => {
  now.value = Date.now() + clock.value.aheadOfBrowser;
};

export const filter = signal<FlowFilter>(EVERYTHING);
/** The flows as they were when the list was paused; undefined while it is live. */
export const pausedAt = signal<Flows | undefined>(undefined);
/** How many lines of the list are drawn at most. */
export const LINES = 60;
export const lines = signal(LINES);

export const found = computed(() =>
  filterFlows((pausedAt.value ?? flows.value).list, filter.value),
);
export const stages = computed(() => stagesOf(flows.value.list));

export const route = signal(routeOf(globalThis.location?.hash ?? ''));

/** The event that `Try it` sends, and whether the person is to be a contact; kept while other views are open. */
export const trying = signal({ source: '', type: '', isContact: true });
