import { namesSomebody } from '../../../lib/events/contact.ts';
import type { CustomerEvent } from '../../../lib/events/event.ts';
import type { Fact } from '../../../lib/history/fact.ts';
import { factsOf } from '../../../lib/history/facts-of.ts';
import type { LabelChanges } from '../../../lib/rules/changes.ts';
import { listensTo, type Rule, type RulesConfig } from '../../../lib/rules/config.ts';
import { compileRules, type Match, matchRules } from '../../../lib/rules/match.ts';
import { asVerified } from '../../../lib/sources/as-verified.ts';
import { knownSource } from '../../../lib/sources/index.ts';
import type { Reading } from '../../../lib/sources/source.ts';
import { compileLabels } from '../../../lib/standing/compile.ts';
import type { StandingLabels } from '../../../lib/standing/standing.ts';
import { DEFAULT_RETENTION_MS } from '../../kit/retention.ts';
import type { UnsignedDelivery } from './payload.ts';
import { whyNot } from './why.ts';

type Events = readonly [CustomerEvent, ...CustomerEvent[]];

/** What one rule makes of the events of one delivery. `add` and `remove` are its own, whatever later rules do. */
export interface RuleVerdict extends LabelChanges {
  readonly rule: string;
  readonly matched: boolean;
  /** Why it did not match, in one line. */
  readonly why?: string;
  /** Why it failed, as the dead letter says it. */
  readonly failure?: string;
}

/** What production would make of a payload. */
export type Tried =
  | Exclude<Reading, { kind: 'events' }>
  | (LabelChanges & {
      readonly kind: 'events';
      readonly events: Events;
      readonly verdicts: readonly RuleVerdict[];
      /** There are labels, and no contact for them: the event would become a dead letter. */
      readonly namesNobody: boolean;
      /** What it leaves in the history of the person; nothing where the rules file has no standing labels. */
      readonly facts: readonly Fact[];
      /** What it is where no rule listens, and it is kept for the facts alone. */
      readonly unheard?: Exclude<Reading, { kind: 'events' }>;
    });

/** A rules file, ready to be tried: all rules as they are deployed, and each by itself. */
export type Trial = ReturnType<typeof compileTrial>;

export function compileTrial(config: RulesConfig) {
  const standing: StandingLabels | undefined =
    config.labels && compileLabels(config.labels, { retentionMs: DEFAULT_RETENTION_MS });
  const each = config.rules.map((rule) => {
    const { missing, tables = {} } = config;
    return { rule, alone: compileRules({ missing, tables, rules: [rule] }) };
  });
  return { config, all: compileRules(config), each, standing };
}

/** Reads a payload and runs the rules over it, as the receiver does. Nothing is sent. */
export function tryPayload(trial: Trial, { source, delivery }: UnsignedDelivery): Tried {
  if (knownSource(source).isPing?.(delivery)) {
    return { kind: 'ignored', topic: 'ping', reason: 'the platform tries the webhook out' };
  }
  const reading = knownSource(source).read(asVerified(knownSource(source), delivery));
  if (reading.kind !== 'events') return reading;
  const { events, unheard } = reading;
  const { match, verdicts } = judge(trial, events);
  const [{ topic, contact }] = events;
  const facts =
    trial.standing && namesSomebody(contact) ? factsOf(events, delivery.receivedAt) : [];
  const passed = !match.heard &&
    unheard && { topic, ...unheard, reason: `${unheard.reason}${nearTopic(trial, topic)}` };
  if (passed && facts.length === 0) return passed;
  const { add, remove } = match;
  const namesNobody = add.length + remove.length > 0 && !namesSomebody(contact);
  const found = { kind: 'events', events, verdicts, add, remove, namesNobody, facts } as const;
  return passed ? { ...found, unheard: passed } : found;
}

/** Topics must be the same letter by letter: this finds one that differs in case. */
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

/** What production makes of the events, and each rule's part in it. */
export function judge(
  { all, each }: Trial,
  events: Events,
): { readonly match: Match; readonly verdicts: readonly RuleVerdict[] } {
  const match = matchRules(all, events);
  const verdicts = each.map(({ rule, alone }): RuleVerdict => {
    const { name } = rule;
    const failure = match.failures.find((one) => one.rule === name)?.reason;
    const matched = match.rules.includes(name);
    const { add, remove } = matched ? matchRules(alone, events) : { add: [], remove: [] };
    return {
      rule: name,
      matched,
      add,
      remove,
      ...(!matched && failure === undefined && { why: whyUnmatched(rule, events) }),
      ...(failure !== undefined && { failure }),
    };
  });
  return { match, verdicts };
}

function whyUnmatched(rule: Rule, events: Events): string {
  const [{ source, topic }] = events;
  const { on, topics, sources } = rule;
  if (sources && !sources.includes(source)) {
    return `listens to ${list(sources)} alone, and this is from ${source}`;
  }
  const heard = events.filter((event) => listensTo(rule, event));
  if (heard.length > 0) {
    const whys = heard.map(
      (event) => whyNot(rule.when ?? 'true', event) ?? 'its condition is false',
    );
    return [...new Set(whys)].join('; ');
  }
  if (topics && !topics.includes(topic)) {
    return `listens to the topic ${list(topics)}, and this is ${topic}`;
  }
  const types = events.map(({ type }) => type);
  return on && !types.some((type) => on.includes(type))
    ? `listens to ${list(on)}, and this is ${types.join(' and ')}`
    : `hears a topic of this source where it names it: topics: [${topic}]`;
}

/** `a, b or c`. */
const list = (names: readonly string[]): string =>
  new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(names);
