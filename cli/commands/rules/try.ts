import { namesSomebody } from '../../../lib/events/contact.ts';
import type { CustomerEvent } from '../../../lib/events/event.ts';
import { asVerified } from '../../../lib/sources/as-verified.ts';
import { sources } from '../../../lib/sources/index.ts';
import type { Payload } from './payload.ts';
import { judge, type Trial, type Verdict } from './verdict.ts';

/** What production would make of a payload. */
export type Tried =
  | { readonly kind: 'unreadable'; readonly reason: string }
  | { readonly kind: 'ignored'; readonly topic: string; readonly reason: string }
  | {
      readonly kind: 'events';
      readonly events: readonly [CustomerEvent, ...CustomerEvent[]];
      readonly verdicts: readonly Verdict[];
      readonly add: readonly string[];
      readonly remove: readonly string[];
      /** There are labels, and nobody to get them: the event would become a dead letter. */
      readonly namesNobody: boolean;
    };

/** Reads a payload and runs the rules over it, as the receiver does. Nothing is sent. */
export function tryPayload(trial: Trial, { source, delivery }: Payload): Tried {
  if (sources[source].isPing?.(delivery)) {
    return { kind: 'ignored', topic: 'ping', reason: 'the platform tries the webhook out' };
  }
  const reading = sources[source].read(asVerified(sources[source], delivery));
  if (reading.kind !== 'events') return reading;
  const { events, unheard } = reading;
  const { match, verdicts } = judge(trial, events);
  if (!match.heard && unheard) {
    const { topic } = events[0];
    return { topic, ...unheard, reason: `${unheard.reason}${nearTopic(trial, topic)}` };
  }
  const { add, remove } = match;
  const namesNobody = add.length + remove.length > 0 && !namesSomebody(events[0].contact);
  return { kind: 'events', events, verdicts, add, remove, namesNobody };
}

/** Topics count letter by letter. */
function nearTopic({ each }: Trial, topic: string): string {
  for (const { rule } of each) {
    const near = rule.topics?.find((one) => one.toLowerCase() === topic.toLowerCase());
    if (near !== undefined)
      return `; the rule "${rule.name}" names ${near}, another spelling of it`;
  }
  return '';
}

/** Whether it would become a dead letter: unreadable, of nobody, or some rule failed. */
export function isBad(tried: Tried): boolean {
  if (tried.kind !== 'events') return tried.kind === 'unreadable';
  return tried.namesNobody || tried.verdicts.some(({ failure }) => failure !== undefined);
}
