import type { ASTNode } from '@marcbachmann/cel-js';
import { stringify } from 'yaml';
import type { EventType } from '../../../lib/events/event.ts';
import { bindingOf, children, mentions } from '../../../lib/rules/authoring/syntax-tree.ts';
import { fixedNames, type Rule, type RulesConfig } from '../../../lib/rules/config.ts';
import { histories, parse, textOf } from './cel.ts';
import type { FileRemark } from './remark.ts';

/** What gives somebody something, what takes it back, and how a standing label says that it is there. */
interface Kind {
  readonly gives: readonly EventType[];
  readonly takes: readonly EventType[];
  /** The part of an event that conditions read. */
  readonly part: string;
  readonly list: string;
  readonly variable: string;
  readonly isThere: string;
  readonly others: string;
  readonly fields: readonly string[];
}

const KINDS: readonly Kind[] = [
  {
    gives: ['order.paid'],
    takes: ['order.refunded', 'order.partially_refunded', 'order.canceled'],
    part: 'order',
    list: 'history.orders',
    variable: 'order',
    isThere: 'order.paid',
    others: 'other paid orders',
    fields: ['id', 'number', 'total', 'currency', 'items', 'tags', 'discountCodes', 'channel'],
  },
  {
    gives: ['subscription.started', 'subscription.renewed', 'subscription.resumed'],
    takes: ['subscription.canceled', 'subscription.paused'],
    part: 'subscription',
    list: 'history.subscriptions',
    variable: 'plan',
    isThere: 'plan.active',
    others: 'another subscription',
    fields: ['id', 'planId', 'planName', 'status', 'interval', 'price'],
  },
];

/**
 * Notes on labels that a rule takes when one order goes back or one subscription ends, whatever else the person has: each
 * with the standing label that stays true. Only where all that the rules say of the label can be said by that.
 */
export function truerAsStanding({ rules, tables }: RulesConfig): FileRemark[] {
  return rules.flatMap((rule, i) =>
    fixedNames(rule.remove).flatMap((name, j): FileRemark[] => {
      const kind = KINDS.find(({ takes }) => isAmong(rule, takes));
      const givers = rules.filter((one) => fixedNames(one.add, tables).includes(name));
      const takers = rules.filter((one) => fixedNames(one.remove, tables).includes(name));
      if (kind === undefined || givers.length === 0) return [];
      if (!takers.every((one) => isAmong(one, kind.takes))) return [];
      const parts = givers.map((one) => conditionOf(one, rule, kind));
      const all = parts.flatMap((one) => one ?? []);
      if (all.length < parts.length || rule !== takers[0]) return [];
      const message = messageOf(name, kind, givers, all.join(' || '));
      return [{ kind: 'note', path: ['rules', i, 'remove', j], message }];
    }),
  );
}

const isAmong = ({ on, topics }: Rule, types: readonly EventType[]): boolean =>
  topics === undefined && on !== undefined && on.every((type) => types.includes(type));

function messageOf(
  name: string,
  { others }: Kind,
  givers: readonly Rule[],
  condition: string,
): string {
  const entry = stringify({ labels: [{ label: name, while: condition }] }, { lineWidth: 0 });
  const from = givers.map((one) => `"${one.name}"`).join(' and ');
  return [
    `this takes "${name}" from people with ${others}, too.`,
    'It would be truer as a standing label (docs/labels.md). Take the name out of this rule',
    `and ${from}, and write:`,
    ...entry.trimEnd().split('\n'),
  ].join('\n  ');
}

/** The condition over the history that says what a rule says of one event; undefined where none can. */
function conditionOf(giver: Rule, taker: Rule, kind: Kind): string | undefined {
  if (!isAmong(giver, kind.gives) || (giver.add && !('labels' in giver.add))) return undefined;
  const items = itemCondition(giver, kind);
  if (taker.when !== undefined) {
    return items !== undefined && /\brefundedItems\b/.test(taker.when) ? items : undefined;
  }
  return checked(items ?? partCondition(giver, kind));
}

/** `event.order.items.exists(i, …)`: whether it is among what was not given back. */
function itemCondition({ when, sources }: Rule, { part }: Kind): string | undefined {
  if (when === undefined || sources !== undefined || part !== 'order') return undefined;
  const binding = bindingOf(parse(when));
  if (binding?.method !== 'exists' || textOf(binding.over) !== 'event.order.items')
    return undefined;
  if (binding.parts.some((one) => mentions(one, 'event'))) return undefined;
  return `history.items.exists(${binding.variable}, ${textOf(binding.parts[0])})`;
}

function partCondition({ when, sources }: Rule, kind: Kind): string | undefined {
  const { list, variable, isThere } = kind;
  const from = sources && `${variable}.source in ${JSON.stringify(sources)}`;
  const own = when === undefined ? undefined : translated(when.trim(), kind);
  if (when !== undefined && own === undefined) return undefined;
  const parts = [isThere, from, own === undefined ? undefined : bracketed(own)];
  return `${list}.exists(${variable}, ${parts.filter((one) => one !== undefined).join(' && ')})`;
}

const bracketed = (cel: string): string => (parse(cel).op === '||' ? `(${cel})` : cel);

/** The condition on an event in the words of the history; undefined where that has no such words. */
function translated(when: string, kind: Kind): string | undefined {
  const places = placesIn(parse(when), kind);
  if (places === undefined) return undefined;
  return [...places]
    .sort((a, b) => b.start - a.start)
    .reduce((text, { start, end, word }) => text.slice(0, start) + word + text.slice(end), when);
}

interface Place {
  readonly start: number;
  readonly end: number;
  readonly word: string;
}

function placesIn(node: ASTNode, kind: Kind): readonly Place[] | undefined {
  const { start, end } = node;
  const text = node.input.slice(start, end);
  if (node.op === 'id')
    return node.args === 'event' || node.args === kind.variable ? undefined : [];
  const field = text.startsWith(`event.${kind.part}.`)
    ? text.slice(`event.${kind.part}.`.length)
    : '';
  if (kind.fields.includes(field)) return [{ start, end, word: `${kind.variable}.${field}` }];
  if (text === 'event.source' || text === 'event.test') {
    return [{ start, end, word: text.replace('event', kind.variable) }];
  }
  const all: Place[] = [];
  for (const child of children(node)) {
    const found = placesIn(child, kind);
    if (found === undefined) return undefined;
    all.push(...found);
  }
  return all;
}

/** Only what compiles is proposed. */
const checked = (cel: string | undefined): string | undefined =>
  cel !== undefined && histories.check(cel).type === 'bool' ? cel : undefined;
