import { reasonInWords } from '../../cli/commands/explain/words.ts';
import { savedAt } from '../../lib/rules/authoring/beside.ts';
import type { Flow, StreamEvents } from '../../page/api.ts';
import type { Presets } from '../../simulators/presets/presets.ts';
import type { Message } from '../../simulators/sqs/message.ts';
import type { Engine } from '../engine.ts';
import type { InForce } from '../take-over.ts';
import type { Contacts } from './contacts.ts';
import { deadLettersIn } from './dead-letters.ts';
import { type FlowWithStory, flowsOf, type Known, type Queued } from './flows.ts';
import type { PageMemory } from './memory.ts';
import type { LogLine } from './pieces.ts';
import { infoOf } from './rules-file.ts';
import type { StreamSource } from './stream.ts';

/** The latest flows that a page gets when it comes. */
const MOST_SHOWN = 1_000;
/** Changes that are held for the next batch, and flows that are found by their id at once. */
const MOST_HELD = 20_000;
/** How long a breaker stays open at first (lib/wix/calls/breaker.ts). */
const FIRST_OPEN_MS = 30_000;

export interface FeedOptions {
  readonly engine: Pick<Engine, 'queues' | 'queueUrl' | 'deadLetterQueueUrl' | 'clock'>;
  readonly memory: PageMemory;
  readonly people: Omit<Known, 'inQueue'>;
  readonly contacts: Contacts | undefined;
  readonly presets: Presets | undefined;
  readonly rulesPath: string;
  readonly inForce: Readonly<InForce>;
  readonly rate: () => number;
}

/** While nobody looks on, the oldest are let go: whoever comes gets the latest. */
function hold(set: Set<string>, key: string): void {
  set.add(key);
  if (set.size > MOST_HELD) for (const oldest of set.values().take(1)) set.delete(oldest);
}

type Breaker = StreamEvents['breaker'];
/** Stands among the keys for the jobs queue, of which no message is sent. */
const QUEUE = 'queue';

/** What the stream sends: all of it, and what changed since it was last asked. */
export function createFeed(options: FeedOptions) {
  const { engine, memory, people, contacts, presets, rulesPath, inForce, rate } = options;
  const { queues, queueUrl, deadLetterQueueUrl, clock } = engine;
  const dirty = { pieces: new Set<string>(), contacts: new Set<string>(), keys: new Set<string>() };
  const byId = new Map<string, string>();
  let breaker: Breaker = { openUntil: undefined, reason: undefined };
  const mapOf = (url: string): string => `${url.split('/').at(-1)} messages`;
  const [jobMap, deadLetterMap] = [mapOf(queueUrl), mapOf(deadLetterQueueUrl)];
  let inQueue = queuedIn(queues.peek(queueUrl), clock.now());
  const known: Known = { ...people, inQueue: (jobId) => inQueue.get(jobId) };

  memory.listen((change) => {
    if (change.kind === 'pieces') hold(dirty.pieces, change.key);
    else if (change.kind === 'line') onLine(change.line);
    else if (change.map === deadLetterMap) dirty.keys.add('deadLetters');
    else if (change.map === jobMap) dirty.keys.add(QUEUE);
    else if (change.map.endsWith(' contacts')) hold(dirty.contacts, change.key);
  });

  function onLine(line: LogLine): void {
    breaker = breakerAfter(line) ?? breaker;
  }

  function flowsAt(key: string): readonly FlowWithStory[] {
    const pieces = memory.pieces(key);
    const found = pieces ? flowsOf(pieces, known) : [];
    for (const { flow } of found) byId.set(flow.id, key);
    if (byId.size > MOST_HELD) for (const [id] of byId.entries().take(1)) byId.delete(id);
    return found;
  }

  /** Looks at the queue, where it changed, and marks the flows of the jobs that came, went or were put off. */
  function lookAtQueue(): void {
    if (!dirty.keys.delete(QUEUE)) return;
    const before = inQueue;
    inQueue = queuedIn(queues.peek(queueUrl), clock.now());
    const ids = new Set([...before.keys(), ...inQueue.keys()]);
    for (const id of ids) {
      const [then, now] = [before.get(id), inQueue.get(id)];
      const key = byId.get(id);
      if (key && JSON.stringify(then) !== JSON.stringify(now)) hold(dirty.pieces, key);
    }
  }

  const latestFlows = (): readonly Flow[] =>
    memory
      .all()
      .slice(-MOST_SHOWN)
      .flatMap(({ key }) => flowsAt(key).map(({ flow }) => flow));

  const whole: { [K in keyof StreamEvents]: () => StreamEvents[K] } = {
    flows: latestFlows,
    contacts: () => contacts?.list() ?? [],
    deadLetters: () => deadLettersIn(queues.peek(deadLetterQueueUrl)),
    rules: () => infoOf(rulesPath, inForce),
    presets: () => presets?.list() ?? [],
    rate,
    clock: () => ({ now: clock.now(), aheadMs: clock.aheadMs() }),
    breaker() {
      if (breaker.openUntil === undefined) return breaker;
      // It opens anew without a line; the jobs that are held come back just then.
      const held = [...inQueue.values()].flatMap(({ heldUntil }) => heldUntil ?? []);
      return held.length > 0 ? { ...breaker, openUntil: Math.min(...held) } : breaker;
    },
    figures() {
      memory.figures.waiting(clock.now(), queues.size(queueUrl));
      return memory.figures.list();
    },
  };

  /** What was sent last, by which a change is known where nobody announces it. */
  const sent = new Map<string, string>();
  function ifOther<K extends keyof StreamEvents>(
    key: K,
    mark: string,
  ): StreamEvents[K] | undefined {
    if (sent.get(key) === mark) return undefined;
    sent.set(key, mark);
    return whole[key]();
  }

  function ifDirty<K extends keyof StreamEvents>(key: K): StreamEvents[K] | undefined {
    return dirty.keys.delete(key) ? whole[key]() : undefined;
  }

  const changes: { [K in keyof StreamEvents]: () => StreamEvents[K] | undefined } = {
    flows() {
      lookAtQueue();
      const keys = [...dirty.pieces];
      dirty.pieces.clear();
      const flows = keys.flatMap((key) => flowsAt(key).map(({ flow }) => flow));
      return flows.length > 0 ? flows : undefined;
    },
    contacts() {
      const ids = [...dirty.contacts];
      dirty.contacts.clear();
      const changed = contacts?.changed(ids) ?? [];
      return changed.length > 0 ? changed : undefined;
    },
    deadLetters: () => ifDirty('deadLetters'),
    rules: () =>
      ifOther('rules', JSON.stringify([savedAt([rulesPath]), inForce.rules.hash, inForce.refusal])),
    presets: () => ifOther('presets', JSON.stringify(whole.presets())),
    rate: () => ifOther('rate', `${rate()}`),
    clock: () => ifOther('clock', `${clock.aheadMs()}`),
    breaker: () => ifOther('breaker', JSON.stringify(whole.breaker())),
    figures() {
      const minutes = whole.figures();
      const fresh = minutes.filter((one) => sent.get(`${one.minute}`) !== JSON.stringify(one));
      for (const one of fresh) sent.set(`${one.minute}`, JSON.stringify(one));
      return fresh.length > 0 ? fresh : undefined;
    },
  };

  const source: StreamSource = { whole: (key) => whole[key](), changed: (key) => changes[key]() };
  return {
    source,
    /** Everything of one flow, by its id. */
    flow(id: string): (FlowWithStory & { readonly key: string }) | undefined {
      const key = byId.get(id) ?? memory.all().find((one) => hasFlow(one.key, id))?.key;
      const found = key === undefined ? undefined : flowsAt(key).find(({ flow }) => flow.id === id);
      return found && key !== undefined ? { ...found, key } : undefined;
    },
    flowsAt,
    whole,
  };

  function hasFlow(key: string, id: string): boolean {
    return flowsAt(key).some(({ flow }) => flow.id === id);
  }
}

/** The breaker after a line, where the line is about one. */
export function breakerAfter({ time, message, state, reason }: LogLine): Breaker | undefined {
  if (message !== 'breaker') return undefined;
  return state === 'open'
    ? { openUntil: Date.parse(`${time}`) + FIRST_OPEN_MS, reason: reasonInWords(`${reason}`) }
    : { openUntil: undefined, reason: undefined };
}

const JOB_ID = /"id":"([0-9a-f]{64})"/;

/** The jobs that a queue holds, and which are put off. */
function queuedIn(messages: readonly Message[], now: number): ReadonlyMap<string, Queued> {
  return new Map(
    messages.flatMap(({ body, isPostponed, visibleAt }) => {
      const [, id] = JOB_ID.exec(body) ?? [];
      const heldUntil = isPostponed && visibleAt > now ? visibleAt : undefined;
      return id ? [[id, { heldUntil }] as const] : [];
    }),
  );
}
