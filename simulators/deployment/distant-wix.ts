import type { VirtualClock } from '../clock.ts';
import { between, createRandom } from '../random.ts';
import { inProcessFetch } from '../wix/in-process.ts';
import { findRoute } from '../wix/routes.ts';
import {
  createWixSimulator,
  type SimulatedAnswer,
  type SimulatedOperation,
  type SimulatedRequest,
  type WixSimulator,
  type WixSimulatorOptions,
} from '../wix/simulator.ts';
import type { LambdaProcess } from './world.ts';

const WINDOW_MS = 60_000;
/** What a call takes, there and back, where Wix itself takes no time. */
const FASTEST_MS = 60;
const SLOWEST_MS = 250;

export const API_KEY = 'IST.a-key-of-the-simulation';
export const APP = { id: 'none', secret: 'none' } as const;

/** A call as it reached Wix, whatever became of it. */
export interface Arrival {
  /** Epoch milliseconds of the virtual clock. */
  readonly at: number;
  readonly operation: SimulatedOperation | 'unknown';
  readonly site: string;
  /** Without the query. */
  readonly path: string;
  /** The id of the process that called. */
  readonly process: number;
  /** 0 until it is answered, or when the connection was dropped. */
  status: number;
}

export interface WixAtDistance {
  readonly simulator: WixSimulator;
  /** In the order they reached Wix. */
  readonly arrivals: readonly Arrival[];
  /** Wix over the network, for one process: takes 60 to 250 virtual ms, half of it before anything happens. */
  fetchOf(process: Pick<LambdaProcess, 'id'>): typeof fetch;
  /** Between Wix's door and Wix: a fault may take its time, not `operate`, or answer something else. */
  intercept: (
    arrival: Arrival,
    operate: () => Promise<SimulatedAnswer>,
  ) => SimulatedAnswer | Promise<SimulatedAnswer>;
}

export interface WixSettings
  extends Pick<
    WixSimulatorOptions,
    'requestsPerMinute' | 'sendRetryAfter' | 'labelsQuota' | 'queryLagMs' | 'onContactUpdated'
  > {
  /** Site ids, one at least; the API key opens all. */
  readonly sites: readonly [string, ...string[]];
}

/** The simulated Wix on a virtual clock, at a distance. */
export function createWixAtDistance(
  clock: VirtualClock,
  seed: number,
  { sites: [siteId, ...others], ...settings }: WixSettings,
): WixAtDistance {
  const simulator = createWixSimulator({
    apiKey: API_KEY,
    siteId,
    app: { ...APP, instanceIds: others },
    ...settings,
    now: clock.now,
    sleep: clock.sleep,
    random: createRandom(seed, 'wix ids'),
  });
  const random = createRandom(seed, 'latency');
  const arrivals: Arrival[] = [];

  /** By token: the site that an app calls with it. */
  const tokens = new Map<string, string>();
  const instanceIn = (body: string): string => /"instance_id":"([^"]*)"/.exec(body)?.[1] ?? '';

  function siteOf({ headers, body }: SimulatedRequest): string {
    return headers['wix-site-id'] ?? tokens.get(headers.authorization ?? '') ?? instanceIn(body);
  }
  function noteToken({ body: asked }: SimulatedRequest, { body }: SimulatedAnswer): void {
    const [, token] = /"access_token":"([^"]*)"/.exec(body) ?? [];
    if (token !== undefined) tokens.set(token, instanceIn(asked));
  }

  async function receive(process: number, request: SimulatedRequest): Promise<SimulatedAnswer> {
    const oneWayMs = between(random, FASTEST_MS, SLOWEST_MS) / 2;
    await clock.sleep(oneWayMs);
    const path = request.url.split('?', 1)[0] ?? '';
    const arrival: Arrival = {
      at: clock.now(),
      operation: findRoute(request.method, path)?.operation ?? 'unknown',
      site: siteOf(request),
      path,
      process,
      status: 0,
    };
    arrivals.push(arrival);
    const answer = await wix.intercept(arrival, () => simulator.handle(request));
    arrival.status = answer.status;
    noteToken(request, answer);
    await clock.sleep(oneWayMs);
    return answer;
  }

  const wix: WixAtDistance = {
    simulator,
    arrivals,
    fetchOf: ({ id }) => inProcessFetch((request) => receive(id, request)),
    intercept: (_arrival, operate) => operate(),
  };
  return wix;
}

/** The most calls in any 60 seconds, of any caller, with any answer. */
export function largestWindow(arrivals: readonly Arrival[]): number {
  let largest = 0;
  let first = 0;
  for (const [last, { at }] of arrivals.entries()) {
    while ((arrivals[first]?.at ?? at) <= at - WINDOW_MS) first += 1;
    largest = Math.max(largest, last - first + 1);
  }
  return largest;
}
