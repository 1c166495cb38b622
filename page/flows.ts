import type { Flow, FlowState } from './api.ts';

/** Flows that the page holds, the newest first, and where each is. */
export interface Flows {
  readonly list: readonly Flow[];
  readonly byId: ReadonlyMap<string, Flow>;
}

export const NO_FLOWS: Flows = { list: [], byId: new Map() };

/** More are not held: the oldest that are done go first, then the oldest. */
const MOST_FLOWS = 2_000;

const OPEN: ReadonlySet<FlowState> = new Set(['received', 'queued', 'waiting', 'dead-letter']);

/** Whether somebody still has to do something about it. */
const isOpen = ({ state }: Pick<Flow, 'state'>): boolean => OPEN.has(state);

/**
 * Takes changed and new flows in, the newest first.
 * @param changed of several with one id the last counts
 */
export function mergeFlows(held: Flows, changed: readonly Flow[], most = MOST_FLOWS): Flows {
  if (changed.length === 0) return held;
  const latest = new Map(changed.map((flow) => [flow.id, flow]));
  const added = [...latest.values()].filter(({ id }) => !held.byId.has(id));
  const kept = held.list.map((flow) => latest.get(flow.id) ?? flow);
  // Of those of one millisecond the last that came is the newest.
  const all =
    added.length === 0 ? kept : [...added.toReversed(), ...kept].sort((a, b) => b.at - a.at);
  const list = bounded(all, most);
  return { list, byId: new Map(list.map((flow) => [flow.id, flow])) };
}

function bounded(all: readonly Flow[], most: number): readonly Flow[] {
  let over = all.length - most;
  if (over <= 0) return all;
  const drop = new Set<string>();
  for (let i = all.length - 1; i >= 0 && over > 0; i -= 1) {
    const flow = all[i];
    if (flow === undefined || isOpen(flow)) continue;
    drop.add(flow.id);
    over -= 1;
  }
  return all.filter(({ id }) => !drop.has(id)).slice(0, most);
}

/** What a list of flows is narrowed to; '' and `all` narrow nothing. */
export interface FlowFilter {
  readonly source: string;
  readonly state: FlowState | 'all' | 'open';
  /** Each word of it is looked for in type, source, person, rules, labels and reason. */
  readonly text: string;
}

export const EVERYTHING: FlowFilter = { source: '', state: 'all', text: '' };

export function filterFlows(list: readonly Flow[], filter: FlowFilter): readonly Flow[] {
  const { source, state } = filter;
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  if (source === '' && state === 'all' && words.length === 0) return list;
  return list.filter((flow) => {
    if (source !== '' && flow.source !== source) return false;
    if (state === 'open' ? !isOpen(flow) : state !== 'all' && flow.state !== state) return false;
    return words.length === 0 || hasWords(flow, words);
  });
}

function hasWords(flow: Flow, words: readonly string[]): boolean {
  const { type, source, person = '', rules, add, remove, reason = '' } = flow;
  const text = [type, source, person, reason, ...rules, ...add, ...remove].join('\n').toLowerCase();
  return words.every((word) => text.includes(word));
}

/** Where deliveries are, for the line above the list. */
export interface Stages {
  readonly received: number;
  /** In the queue or on their way to it, those that wait for a next try among them. */
  readonly queued: number;
  readonly waiting: number;
  readonly done: number;
  readonly deadLetters: number;
}

export function stagesOf(list: readonly Flow[]): Stages {
  const counts = { received: list.length, queued: 0, waiting: 0, done: 0, deadLetters: 0 };
  for (const { state } of list) {
    if (state === 'received' || state === 'queued' || state === 'waiting') counts.queued += 1;
    if (state === 'waiting') counts.waiting += 1;
    if (state === 'labelled' || state === 'unchanged') counts.done += 1;
    if (state === 'dead-letter') counts.deadLetters += 1;
  }
  return counts;
}
