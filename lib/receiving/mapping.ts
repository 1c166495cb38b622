import { namesSomebody } from '../events/contact.ts';
import type { CustomerEvent } from '../events/event.ts';
import type { DeadLetterInfo } from '../queue/dead-letter.ts';
import type { LabelJob } from '../queue/job.ts';
import { type CompiledRules, type Match, matchRules } from '../rules/match.ts';
import { makeJob } from './job.ts';

/** What decides which job an event becomes. */
export interface MappingOptions {
  readonly rules: CompiledRules;
  /** The Wix site an event's labels are for; undefined for an event of a site that is not served. */
  readonly siteOf: (event: CustomerEvent) => string | undefined;
}

/** What became of the events of one delivery. */
export interface Mapping {
  /** The Wix site that the events are for, where it is served. */
  readonly site?: string;
  /** Why nothing is to be done. */
  readonly ignored?: string;
  /** Whether no rule listens to any of the events. */
  readonly unheard?: true;
  /** Rules that failed. A rule that failed does not hold up what the others earned. */
  readonly failure?: DeadLetterInfo;
  readonly job?: LabelJob;
  /** Why the job cannot be queued: it names nobody. */
  readonly flaw?: DeadLetterInfo;
}

/**
 * The job that the rules make of a delivery's events: for one that comes in, and for a dead letter that
 * is replayed.
 * @param bodyProof the body's MAC, where the event id was not under the signature
 * @param receivedAt epoch milliseconds
 * @param beforeEach called before each rule is run on an event; what it throws is thrown on
 */
export function mapEvents(
  events: readonly [CustomerEvent, ...CustomerEvent[]],
  { rules, siteOf }: MappingOptions,
  bodyProof: Uint8Array | undefined,
  receivedAt: number,
  beforeEach?: () => void,
): Mapping {
  const site = siteOf(events[0]);
  if (site === undefined) return { ignored: 'it is of a site that is not served' };
  const match = matchRules(rules, events, beforeEach);
  const failure = infoOf(match.failures);
  const found = { site, ...(failure && { failure }) };
  if (match.add.length + match.remove.length === 0) {
    return { ...found, ignored: 'no rule matched', ...(!match.heard && { unheard: true }) };
  }
  const job = makeJob(events, match, site, bodyProof, receivedAt);
  if (namesSomebody(job.contact)) return { ...found, job };
  const detail = 'It names nobody: no contact id, member id, e-mail or phone. See docs/sources.md.';
  return { ...found, job, flaw: { reason: 'no-contact-reference', detail } };
}

/** Failures that are told of: the sender is answered with them, and the dead letter and the log hold them. */
const MOST_TOLD = 10;

function infoOf(failures: Match['failures']): DeadLetterInfo | undefined {
  if (failures.length === 0) return undefined;
  const told = failures.slice(0, MOST_TOLD).map(({ rule, reason }) => `"${rule}": ${reason}`);
  const more = failures.length - told.length;
  const detail = [...told, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
  return { reason: 'rule-failed', detail };
}
