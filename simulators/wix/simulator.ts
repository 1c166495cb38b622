import { randomUUID } from 'node:crypto';
import type { Keep } from '../journal.ts';
import type { Loopback } from '../loopback.ts';
import { type Admin, createAdmin, createSites } from './admin.ts';
import type { SimulatedAnswer } from './answers.ts';
import { BULK_JOB_DEFAULTS } from './bulk-jobs.ts';
import { createFaults, type Fault } from './faults.ts';
import {
  type CallBodies,
  createHandler,
  type RecordedCall,
  type SimulatedRequest,
} from './handler.ts';
import { type ContentEncoding, listen } from './http.ts';
import { inProcessFetch } from './in-process.ts';
import { createRateLimit } from './rate.ts';
import type { BulkJobOptions, ContactChange, Setup, UnknownLabelKey } from './setup.ts';
import { createTokenIssuer, type SimulatedApp } from './token.ts';

export type { Fault } from './faults.ts';
export type { SimulatedOperation } from './operations.ts';
export type { CallBodies, ContactChange, RecordedCall, SimulatedAnswer, SimulatedRequest };

/**
 * Access by API key (`apiKey` with `siteId`), by app, or both. `siteId` and each instance id is a site
 * of its own. All are sites of one account, so the API key opens each of them, named by `wix-site-id`.
 */
export interface WixSimulatorOptions {
  readonly apiKey?: string;
  /** Also the site that is meant where none is named. Without it: the first instance. */
  readonly siteId?: string;
  readonly app?: SimulatedApp;
  /** User labels per site. Wix publishes no figure. Default 1000. */
  readonly labelsQuota?: number;
  /** Per site over any 60 s. Default 200; Infinity lifts it. */
  readonly requestsPerMinute?: number;
  /** Whether the 429 of the rate limit says how long to wait. Wix does not document that. Default false. */
  readonly sendRetryAfter?: boolean;
  /** Default `error-404`. */
  readonly unknownLabelKey?: UnknownLabelKey;
  /** Milliseconds before queries and lists find what was created. Default 0. */
  readonly queryLagMs?: number;
  /** Create Contact takes one with the same phone for the same person, whatever the e-mail. Default false. */
  readonly duplicatesByPhone?: boolean;
  /** Milliseconds before Label Contact and Unlabel Contact know a label that was made. Default 0. */
  readonly labelLagMs?: number;
  /** Over HTTP, every answer is compressed so, whatever the request accepts. Default: none is. */
  readonly contentEncoding?: ContentEncoding;
  /** A path and query of more characters are answered 414, as a gateway does it. Default 8192. */
  readonly longestTarget?: number;
  readonly bulkJobs?: Partial<BulkJobOptions>;
  /** Where the sites keep what they hold. Default: in memory. */
  readonly keep?: Keep;
  /** Epoch milliseconds. Default Date.now. */
  readonly now?: () => number;
  /** 0 ≤ x < 1, for reproducible ids; it must not go round in circles. Default: random UUIDs. */
  readonly random?: () => number;
  /** How `delayMs` faults wait. Default: a timer that keeps no process alive. */
  readonly sleep?: (ms: number) => Promise<void>;
  /** After every labelContact and unlabelContact that succeeds, and for each contact that a bulk job changed, as Wix sends `contact_updated`. */
  readonly onContactUpdated?: (change: ContactChange) => void;
  /** After every call of a path that is imitated or not, once it is answered. */
  readonly onCall?: (call: RecordedCall, bodies: CallBodies) => void;
}

export interface WixSimulator extends Omit<Admin, 'memberIdOf' | 'siteIdOf'> {
  /** The pure core: no sockets. */
  handle(request: SimulatedRequest): Promise<SimulatedAnswer>;
  /** The same as a `fetch`, for in-process use: any host, honours AbortSignal. */
  readonly fetch: typeof fetch;
  /** HTTP on 127.0.0.1; port 0 is one the system chooses. */
  listen(port: number): Promise<Loopback>;
  /** What was asked of the API so far, the last 50,000 at least, in order of arrival. */
  readonly calls: readonly RecordedCall[];
  clearCalls(): void;
  /** How many user labels a site takes from now on; undefined: as it was at the start. */
  limitLabels(quota: number | undefined): void;
  /** @throws Error when it is not a fault. */
  fault(fault: Fault): void;
  clearFaults(): void;
}

/**
 * A Wix that answers like Wix, for labels, contacts, members and tokens. docs/simulator.md says what
 * is imitated, from which source, and what nobody knows.
 * @throws Error when the options open no site.
 */
export function createWixSimulator(options: WixSimulatorOptions): WixSimulator {
  const { apiKey, siteId, app, random, now = Date.now, sleep = sleepUnref } = options;
  if ((apiKey === undefined) !== (siteId === undefined)) {
    throw new Error('The simulated Wix takes apiKey and siteId together: one opens the other.');
  }
  const labelsQuota = options.labelsQuota ?? 1000;
  const setup: { -readonly [K in keyof Setup]: Setup[K] } = {
    now,
    newId: random ? () => uuidFrom(random) : randomUUID,
    labelsQuota,
    unknownLabelKey: options.unknownLabelKey ?? 'error-404',
    queryLagMs: options.queryLagMs ?? 0,
    duplicatesByPhone: options.duplicatesByPhone ?? false,
    labelLagMs: options.labelLagMs ?? 0,
    bulkJobs: { ...BULK_JOB_DEFAULTS, ...options.bulkJobs },
    onContactUpdated: options.onContactUpdated ?? (() => {}),
  };
  const siteIds = [...(siteId === undefined ? [] : [siteId]), ...(app?.instanceIds ?? [])];
  const sites = createSites(siteIds, new Date(now()).toISOString(), options.keep ?? inMemory);
  const admin = createAdmin(setup, sites);
  const faults = createFaults();
  const calls: RecordedCall[] = [];
  const handle = createHandler({
    setup,
    sites,
    admin,
    apiKey,
    issuer: createTokenIssuer(app, now, setup.newId),
    rate: createRateLimit(options.requestsPerMinute ?? 200, now),
    sendRetryAfter: options.sendRetryAfter ?? false,
    longestTarget: options.longestTarget ?? 8192,
    faults,
    sleep,
    calls,
    onCall: options.onCall ?? (() => {}),
  });
  return {
    ...admin,
    handle,
    fetch: inProcessFetch(handle),
    listen: (port) => listen(handle, port, options.contentEncoding),
    calls,
    clearCalls: () => calls.splice(0),
    limitLabels(quota = labelsQuota) {
      setup.labelsQuota = quota;
    },
    fault: faults.add,
    clearFaults: faults.clear,
  };
}

const inMemory: Keep = () => new Map();

const sleepUnref = (ms: number): Promise<void> =>
  new Promise((wake) => setTimeout(wake, ms).unref());

/** A version 4 UUID from 16 random bytes (RFC 9562 §5.4). */
function uuidFrom(random: () => number): string {
  const bytes = Buffer.from(Array.from({ length: 16 }, () => Math.floor(random() * 256)));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
