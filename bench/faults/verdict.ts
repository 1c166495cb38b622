/** What one event requested about one label of one person. */
export interface Request {
  readonly event: string;
  /** Whether the person is to have the label. */
  readonly has: boolean;
  /** Epoch milliseconds, as all times here. */
  readonly sentAt: number;
  /** When the worker first reported it done: put, taken or in place; undefined when it never did. */
  readonly doneAt: number | undefined;
  /** The worker reported that the label was in place, without a call of its own that put or took it. */
  readonly inPlace: boolean;
  /** A dead letter holds it. */
  readonly dead: boolean;
  readonly reversible: boolean;
}

/** One label of one person really changed at Wix. */
export interface LabelWrite {
  readonly at: number;
  readonly has: boolean;
  /** At the dashboard: a label deleted, contacts merged. */
  readonly byHand: boolean;
}

/** All there is to know about one label of one person. Both lists are in order of time. */
export interface LabelHistory {
  readonly person: string;
  readonly name: string;
  readonly requests: readonly Request[];
  readonly changes: readonly LabelWrite[];
  /** At the end. */
  readonly has: boolean;
}

/**
 * What can be wrong with a label. All come from one question: is there a way to read the changes
 * as the work of the events in the order they were sent, each event working at most once?
 *
 * - `lost`: at the end the label is not as the last event without a dead letter wants it, and that event
 *   was never carried out.
 * - `doubled`: only an event that was carried out before a newer one explains the change. The label went
 *   on, off and on again although the events say on, off.
 * - `out of order`: only an event that is older than one already carried out, and was not carried out
 *   before, explains the change or the state at the end.
 * - `strange`: no event sent until then asked for the change.
 * - `blind`: not wrong, and counted openly. Somebody deleted the label by hand, and within five minutes an
 *   event added it. No rule removes the label, and the worker had seen it on the contact within these
 *   five minutes, so it made no call (lib/labelling/labels/apply.ts).
 *
 * An event that a newer one of the same person overtook within a batch need not show. An event with a
 * dead letter may have been carried out or not.
 */
export const ANOMALIES = ['lost', 'doubled', 'out of order', 'strange', 'blind'] as const;
export type Anomaly = (typeof ANOMALIES)[number];

/** How long a worker trusts what it saw of a contact. */
const TRUSTED_MS = 5 * 60_000;
/** How long an answer of Wix may be under way. */
const UNDER_WAY_MS = 1_000;

export function judge(label: LabelHistory): readonly Anomaly[] {
  const anomalies = wrongChanges(label);
  if (anomalies.length > 0) return anomalies;
  const end = wrongEnd(label);
  return end ? [end] : [];
}

function wrongChanges({ requests, changes }: LabelHistory): Anomaly[] {
  const anomalies: Anomaly[] = [];
  /** The newest event that is known to be carried out. */
  let newest = -1;
  const carriedOut = new Set<number>();
  for (const change of changes) {
    if (change.byHand) continue;
    for (const [index, { doneAt }] of requests.entries()) {
      if (doneAt === undefined || doneAt >= change.at) continue;
      newest = Math.max(newest, index);
      carriedOut.add(index);
    }
    const explains = ({ has, sentAt }: Request): boolean =>
      has === change.has && sentAt <= change.at;
    const next = requests.findIndex((request, index) => index > newest && explains(request));
    if (next >= 0) {
      newest = next;
      carriedOut.add(next);
      continue;
    }
    const older = requests.findLastIndex((request, index) => index <= newest && explains(request));
    if (older < 0) anomalies.push('strange');
    else anomalies.push(carriedOut.has(older) ? 'doubled' : 'out of order');
  }
  return anomalies;
}

function wrongEnd(label: LabelHistory): Anomaly | undefined {
  const { requests, changes, has } = label;
  const last = requests.findLastIndex(({ dead }) => !dead);
  const request = requests[last];
  const allowed = new Set(requests.slice(last + 1).map((dead) => dead.has));
  const byHand = changes.findLast((change) => change.byHand);
  const effect = byHand ? afterByHand(label, request, byHand) : 'stands';
  if (byHand && effect !== 'stands') allowed.add(byHand.has);
  if (effect !== 'undone') allowed.add(request?.has ?? false);
  if (allowed.has(has)) return undefined;
  if (request?.doneAt === undefined) return 'lost';
  const sinceHand = byHand ? request.doneAt - byHand.at : Number.POSITIVE_INFINITY;
  if (request.inPlace) return !request.reversible && sinceHand < TRUSTED_MS ? 'blind' : 'lost';
  return 'out of order';
}

/**
 * Whether a request survives a deletion by hand. What was done before it is undone by it. Where the worker
 * had not logged the request yet, it may have been done before or after.
 */
function afterByHand(
  { changes }: LabelHistory,
  request: Request | undefined,
  { at }: LabelWrite,
): 'stands' | 'undone' | 'either' {
  if (request?.doneAt === undefined) return 'stands';
  if (request.doneAt < at) return 'undone';
  const showed = changes.some(
    (one) => one.has === request.has && one.at >= request.sentAt && one.at < at,
  );
  return showed || request.doneAt < at + UNDER_WAY_MS ? 'either' : 'stands';
}
