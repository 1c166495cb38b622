import type { CustomerEvent } from '../../../lib/events/event.ts';
import { listensTo, type Rule, type RulesConfig } from '../../../lib/rules/config.ts';
import {
  type CompiledRules,
  compileRules,
  type Match,
  matchRules,
} from '../../../lib/rules/match.ts';
import { whyNot } from './why.ts';

/** What one rule had to say of the events of one delivery. */
export interface Verdict {
  readonly rule: string;
  readonly matched: boolean;
  /** The names that it gives, whatever later rules do. */
  readonly add: readonly string[];
  readonly remove: readonly string[];
  /** Why it did not match, in one line. */
  readonly why?: string;
  /** Why it failed, as the dead letter says it. */
  readonly failure?: string;
}

/** A rules file, ready to be tried: all rules as they are deployed, and each by itself. */
export interface Trial {
  readonly all: CompiledRules;
  readonly each: readonly { readonly rule: Rule; readonly alone: CompiledRules }[];
}

export function openTrial(config: RulesConfig): Trial {
  const { missing, tables = {}, rules } = config;
  const each = rules.map((rule) => ({
    rule,
    alone: compileRules({ missing, tables, rules: [rule] }),
  }));
  return { all: compileRules(config), each };
}

export interface Judgement {
  readonly match: Match;
  readonly verdicts: readonly Verdict[];
}

/** What production makes of the events, and what each rule had to do with it. */
export function judge(
  { all, each }: Trial,
  events: readonly [CustomerEvent, ...CustomerEvent[]],
): Judgement {
  const match = matchRules(all, events);
  const verdicts = each.map(({ rule, alone }): Verdict => {
    const { name } = rule;
    const failure = match.failures.find((one) => one.rule === name)?.reason;
    const matched = match.rules.includes(name);
    // What the rule gives is what it gives alone; which of it lasts is in `match`.
    const { add, remove } = matched ? matchRules(alone, events) : { add: [], remove: [] };
    const why = matched || failure !== undefined ? undefined : reason(rule, events);
    return {
      rule: name,
      matched,
      add,
      remove,
      ...(why !== undefined && { why }),
      ...(failure !== undefined && { failure }),
    };
  });
  return { match, verdicts };
}

function reason(rule: Rule, events: readonly [CustomerEvent, ...CustomerEvent[]]): string {
  const [{ source }] = events;
  if (rule.sources && !rule.sources.includes(source)) {
    return `listens to ${list(rule.sources)} alone, and this is from ${source}`;
  }
  const heard = events.filter((event) => listensTo(rule, event));
  if (heard.length === 0) return deafness(rule, events);
  const whys = heard.map((event) => whyNot(rule.when ?? 'true', event) ?? 'its condition is false');
  return [...new Set(whys)].join('; ');
}

function deafness(
  { on, topics }: Rule,
  events: readonly [CustomerEvent, ...CustomerEvent[]],
): string {
  const [{ topic }] = events;
  if (topics && !topics.includes(topic)) {
    return `listens to the topic ${list(topics)}, and this is ${topic}`;
  }
  const types = events.map(({ type }) => type).join(' and ');
  return on && !events.some(({ type }) => on.includes(type))
    ? `listens to ${list(on)}, and this is ${types}`
    : `hears a topic of this source where it names it: topics: [${topic}]`;
}

/** `a, b or c`. */
function list(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} or ${last}`;
}
