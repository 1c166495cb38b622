import { namesSomebody, usableReference } from '../events/contact.ts';
import type { ContactReference, CustomerEvent } from '../events/event.ts';
import { factsOf } from '../history/facts-of.ts';
import type { Notice } from '../history/notices.ts';
import type { DeadLetterInfo } from '../queue/dead-letter.ts';
import type { HistoryParts } from '../queue/history-parts.ts';
import { groupTag, jobId } from '../queue/identity.ts';
import type { LabelJob } from '../queue/job.ts';
import type { DeliveryReason } from '../queue/reasons.ts';
import { type CompiledRules, type Match, matchRules } from '../rules/match.ts';
import type { Reading } from '../sources/source.ts';

/** What was read of one delivery. Its events are about one person. */
type ReadEvents = Pick<Extract<Reading, { kind: 'events' }>, 'events' | 'incomplete'>;
type Events = ReadEvents['events'];

/** What decides which job an event becomes. */
export interface SiteRules {
  readonly rules: CompiledRules;
  /** The Wix site an event's labels are for; undefined for an event of a site that is not served. */
  readonly siteOf: (event: CustomerEvent) => string | undefined;
}

/** What a job holds of the delivery that its events were read from. */
export interface Origin {
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  /** The body's MAC, where the event id was not under the signature. */
  readonly bodyProof?: Uint8Array | undefined;
}

/** Why a delivery cannot become a job, as its dead letter will have it. */
export type DeliveryProblem = DeadLetterInfo & { readonly reason: DeliveryReason };

/** What became of the events of one delivery. */
export type MappedEvents =
  /** `unheard`: no rule listens to any of the events, and the job is for their history. */
  (
    | {
        readonly kind: 'job';
        readonly site: string;
        readonly job: LabelJob;
        readonly unheard?: boolean;
      }
    /** There are labels to set, and nobody to set them on. */
    | { readonly kind: 'nobody'; readonly site: string; readonly problem: DeliveryProblem }
    /** `unheard`: no rule listens to any of the events. */
    | {
        readonly kind: 'ignored';
        readonly site?: string;
        readonly reason: string;
        readonly unheard: boolean;
      }
  ) & {
    /** The rules that failed. They do not hold up what the other rules earned. */
    readonly failedRules?: DeliveryProblem | undefined;
    /** The contact's group, as log lines have it; undefined where the events name nobody. */
    readonly group?: string | undefined;
  };

const nobody = (why: string): DeliveryProblem => ({
  reason: 'no-contact-reference',
  detail: `It names nobody: no contact id, member id, e-mail or phone. ${why}`,
});

/**
 * The job that the rules make of a delivery's events, when it comes in or is replayed.
 * @param beforeEach called before each rule is run on an event; what it throws is thrown on
 */
export function mapEvents(
  { events, incomplete = 'See docs/sources.md.' }: ReadEvents,
  { rules, siteOf }: SiteRules,
  origin: Origin,
  beforeEach?: () => void,
): MappedEvents {
  const [{ contact }] = events;
  const site = siteOf(events[0]);
  if (site === undefined) {
    return { kind: 'ignored', reason: 'it is of a site that is not served', unheard: false };
  }
  const match = matchRules(rules, events, beforeEach);
  // The group is also logged where no rule matched: that is most often why somebody has no label.
  const group = namesSomebody(contact) ? groupTag({ site, contact }) : undefined;
  const found = { site, group, failedRules: problemOf(match.failures) };
  if (process.env.STANDING_LABELS !== 'off' && rules.keepsHistory && group !== undefined) {
    const facts = factsOf(events, origin.receivedAt);
    if (facts.length + match.add.length + match.remove.length > 0) {
      const job = withHistory(makeJob({ events, match, site, origin }), { facts });
      return { ...found, kind: 'job', job, unheard: !match.heard };
    }
  }
  if (match.add.length + match.remove.length === 0) {
    return { ...found, kind: 'ignored', reason: 'no rule matched', unheard: !match.heard };
  }
  return group === undefined
    ? { ...found, kind: 'nobody', problem: nobody(incomplete) }
    : { ...found, kind: 'job', job: makeJob({ events, match, site, origin }) };
}

/** The most failures that are named to the sender, in the dead letter and in the log. */
const MOST_NAMED = 10;

function problemOf(failures: Match['failures']): DeliveryProblem | undefined {
  if (failures.length === 0) return undefined;
  const named = failures.slice(0, MOST_NAMED).map(({ rule, reason }) => `"${rule}": ${reason}`);
  const more = failures.length - named.length;
  const detail = [...named, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
  return { reason: 'rule-failed', detail };
}

/** With more reversible names none is listed, and all count as reversible: a list that only saves a call stays short. */
const MOST_REVERSIBLE = 100;

/** A job that writes a history. */
const withHistory = (job: LabelJob, parts: HistoryParts): LabelJob => ({ ...job, v: 2, ...parts });

const NO_MATCH: MatchedEvents['match'] = {
  missing: 'ignore',
  rules: [],
  add: [],
  remove: [],
  reversible: [],
};

/** The job of a notice: contacts were merged, or somebody wants to be forgotten. Rules do not see it. */
export function mapNotice(
  { event, merged, erase }: Notice,
  { siteOf }: SiteRules,
  origin: Origin,
): MappedEvents {
  const site = siteOf(event);
  if (site === undefined) {
    return { kind: 'ignored', reason: 'it is of a site that is not served', unheard: false };
  }
  const group = namesSomebody(event.contact)
    ? groupTag({ site, contact: event.contact })
    : undefined;
  if (group === undefined && erase !== 'source') {
    return {
      kind: 'ignored',
      site,
      reason: 'it names nobody of whom anything is kept',
      unheard: false,
    };
  }
  const job = makeJob({ events: [event], match: NO_MATCH, site, origin });
  return {
    kind: 'job',
    site,
    group,
    job: withHistory(job, {
      facts: [],
      ...(merged && { merged: [...merged] }),
      ...(erase && { erase }),
    }),
  };
}

interface MatchedEvents {
  readonly events: Events;
  readonly match: Pick<Match, 'missing' | 'rules' | 'add' | 'remove' | 'reversible'>;
  readonly site: string;
  readonly origin: Origin;
}

/** The one job of a delivery and its contact. */
export function makeJob({ events, match, site, origin }: MatchedEvents): LabelJob {
  const { receivedAt, bodyProof } = origin;
  const [{ source, id, topic, occurredAt, contact }] = events;
  return {
    v: 1,
    id: jobId(site, source, id, bodyProof),
    site,
    contact: needed(contact, match.missing),
    missing: match.missing,
    add: [...match.add],
    remove: [...match.remove],
    ...(match.reversible.length <= MOST_REVERSIBLE && { reversible: [...match.reversible] }),
    cause: {
      source,
      eventId: id,
      topic,
      types: events.map(({ type }) => type),
      rules: [...match.rules],
      // A sender's clock may be ahead; an event from the future would win over all that follow.
      occurredAt: new Date(Math.min(Date.parse(occurredAt), receivedAt)).toISOString(),
      receivedAt: new Date(receivedAt).toISOString(),
    },
  };
}

/** Names are for a contact that may have to be created; nobody else needs them. */
function needed(contact: ContactReference, missing: LabelJob['missing']): ContactReference {
  const { contactId, memberId, email, phone, firstName, lastName } = usableReference(contact);
  const reference = { contactId, memberId, email, phone };
  return missing === 'create' ? { ...reference, firstName, lastName } : reference;
}
