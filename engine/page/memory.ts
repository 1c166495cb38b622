import { parseJson } from '../../lib/runtime/json.ts';
import { sourceNamed } from '../../lib/sources/index.ts';
import { isObject, type JsonObject } from '../../lib/sources/payload/access.ts';
import type { CallBodies, RecordedCall } from '../../simulators/wix/simulator.ts';
import type { Invocation } from '../observe.ts';
import { createFigures, type FiguresCounter } from './figures.ts';
import { type Delivered, keyOfDelivery, keyOfLine, type LogLine, type Pieces } from './pieces.ts';

/** A request as it came. */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface MadeCall extends RecordedCall, CallBodies {}

/** A run of the worker: which jobs it had in hand, and from when to when. */
export interface Run {
  readonly startedAt: number;
  /** Infinity while it is under way. */
  readonly endedAt: number;
  readonly jobIds: readonly string[];
}

/** What changed: pieces of an event by their key, a map of the journal by its name and the key in it, or a call. */
export type Change =
  | { readonly kind: 'pieces'; readonly key: string }
  | { readonly kind: 'kept'; readonly map: string; readonly key: string }
  | { readonly kind: 'line'; readonly line: LogLine };

export interface MemoryOptions {
  /** Epoch milliseconds of the engine's clock. */
  readonly now: () => number;
  /** Takes the secrets out of a request, before anybody sees it. */
  readonly mask: (request: Request) => Request;
  readonly most?: Partial<typeof MOST>;
}

/** How much is kept: events, requests with their bodies, runs of the worker, its jobs, calls with bodies, lines of an event. */
const MOST = { events: 10_000, requests: 500, runs: 2_000, jobs: 2_000, calls: 4_000, lines: 200 };
/** Of a body of a call. */
const LONGEST_BODY = 20_000;

export type PageMemory = ReturnType<typeof createMemory>;

/** What the page is made of, as the engine sees it happen: in memory, bounded, and made into nothing before it is asked for. */
export function createMemory({ now, mask, most: changes = {} }: MemoryOptions) {
  const most = { ...MOST, ...changes };
  const pieces = new Map<string, Pieces>();
  const requests = new Map<string, () => Request>();
  const runs = new Map<string, Run>();
  const jobs = new Map<string, JsonObject>();
  const calls: MadeCall[] = [];
  const figures: FiguresCounter = createFigures();
  const listeners = new Set<(change: Change) => void>();

  function announce(change: Change): void {
    for (const listener of listeners) listener(change);
  }

  function add(key: string, piece: Partial<Pick<Pieces, 'lines' | 'deliveries'>>): void {
    const known = pieces.get(key) ?? { key, since: now(), lines: [], deliveries: [] };
    const lines = [...known.lines, ...(piece.lines ?? [])].slice(-most.lines);
    const deliveries = [...known.deliveries, ...(piece.deliveries ?? [])].slice(0, most.lines);
    pieces.set(key, { ...known, lines, deliveries });
    drop(pieces, most.events);
    announce({ kind: 'pieces', key });
  }

  function onReceived(invocation: Invocation, at: number, result: unknown): void {
    const request = requestOf(invocation.event);
    const answer = answerOf(result);
    if (!request || !answer) return;
    const said = parseJson(answer.body);
    const text = (name: string) => textAt(said, name);
    const delivered: Delivered = {
      id: invocation.id,
      at,
      source: sourceIn(request.path),
      answer,
      status: text('status'),
      reason: text('reason'),
      eventId: text('id'),
    };
    // When it is looked at: the sender does not wait for it.
    requests.set(invocation.id, () => mask(request));
    drop(requests, most.requests);
    add(keyOfDelivery(delivered), { deliveries: [delivered] });
  }

  return {
    line(functionName: string, written: string): void {
      const value = parseJson(written);
      if (!isObject(value)) return;
      const line: LogLine = { ...value, function: functionName };
      figures.line(line);
      const key = keyOfLine(line);
      if (key !== undefined) add(key, { lines: [line] });
      announce({ kind: 'line', line });
    },
    invoked(invocation: Invocation): (result: unknown) => void {
      const at = now();
      if (invocation.functionName === 'receive')
        return (result) => onReceived(invocation, at, result);
      if (invocation.functionName !== 'label') return () => {};
      const taken = jobsOf(invocation.event);
      const jobIds = taken.map(([id]) => id);
      for (const [id, job] of taken) {
        jobs.set(id, job);
        drop(jobs, most.jobs);
      }
      runs.set(invocation.id, { startedAt: at, endedAt: Number.POSITIVE_INFINITY, jobIds });
      drop(runs, most.runs);
      return () => {
        runs.set(invocation.id, { startedAt: at, endedAt: now(), jobIds });
      };
    },
    called(call: RecordedCall, { request, answer }: CallBodies): void {
      figures.call(call);
      calls.push({
        ...call,
        request: request.slice(0, LONGEST_BODY),
        answer: answer.slice(0, LONGEST_BODY),
      });
      if (calls.length > most.calls * 1.2) calls.splice(0, calls.length - most.calls);
    },
    kept: (map: string, key: string): void => announce({ kind: 'kept', map, key }),
    pieces: (key: string): Pieces | undefined => pieces.get(key),
    all: (): readonly Pieces[] => [...pieces.values()],
    /** The request of a delivery, by its id, without secrets. */
    request: (id: string): Request | undefined => requests.get(id)?.(),
    /** A job that the worker had in hand, by its id. */
    job: (id: string): JsonObject | undefined => jobs.get(id),
    runs: (): readonly Run[] => [...runs.values()],
    calls: (): readonly MadeCall[] => calls,
    figures,
    /** @returns takes it back */
    listen(listener: (change: Change) => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** What stands for a source and is none may be a secret. The log says `unknown`, too. */
function sourceIn(path: string): string {
  const [, name = ''] = /\/webhooks\/([^/?]*)/.exec(path) ?? [];
  return sourceNamed(name) ? name : 'unknown';
}

/** Forgets the first of a map that has too many. */
function drop(map: Map<string, unknown>, most: number): void {
  const [first] = map.size > most ? map.keys() : [];
  if (first !== undefined) map.delete(first);
}

const textAt = (value: unknown, name: string): string | undefined => {
  const text = isObject(value) ? value[name] : undefined;
  return typeof text === 'string' ? text : undefined;
};

/** The request of an event of an HTTP API (payload 2.0). */
function requestOf(event: unknown): Request | undefined {
  if (!isObject(event) || !isObject(event.headers)) return undefined;
  const { headers, rawPath = '', rawQueryString, body = '', isBase64Encoded } = event;
  const { http } = event.requestContext as { http: { method: string } };
  return {
    method: http.method,
    path: `${rawPath}${rawQueryString ? `?${rawQueryString}` : ''}`,
    headers: headers as Request['headers'],
    body: isBase64Encoded ? Buffer.from(`${body}`, 'base64').toString('utf8') : `${body}`,
  };
}

function answerOf(result: unknown): Delivered['answer'] | undefined {
  if (!isObject(result) || typeof result.statusCode !== 'number') return undefined;
  return { status: result.statusCode, body: `${result.body ?? ''}` };
}

function jobsOf(event: unknown): readonly (readonly [string, JsonObject])[] {
  const { Records = [] } = event as { Records?: readonly { readonly body: string }[] };
  const jobs = Records.map(({ body }) => parseJson(body)).filter(isObject);
  return jobs.flatMap((job) => (typeof job.id === 'string' ? [[job.id, job] as const] : []));
}
