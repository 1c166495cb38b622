import type { ASTNode } from '@marcbachmann/cel-js';
import {
  type CustomerEvent,
  EVENT_TYPES,
  type EventType,
  SOURCE_NAMES,
  type SourceName,
} from '../../../lib/events/event.ts';
import { nodesOf } from '../../../lib/rules/authoring/syntax-tree.ts';
import type { Rule } from '../../../lib/rules/config.ts';
import { ruleContext, rulesEnvironment } from '../../../lib/rules/environment.ts';
import { oneLine } from '../../../lib/rules/one-line.ts';
import { eventsOf } from '../../../samples/samples.ts';
import { isNever } from './calls.ts';
import { createScope } from './scope.ts';
import { sourceOf } from './source-text.ts';

interface Pair {
  readonly source: SourceName;
  readonly type: EventType;
}

/** Something in a rule that surely never holds; `path` is within the rule. */
export interface NeverFinding {
  readonly path: readonly (string | number)[];
  readonly offset?: number;
  readonly message: string;
}

const environment = rulesEnvironment();

/**
 * What of a rule can never match, where that is certain: events that none of its sources sends, and a
 * condition that is false whatever else an event holds.
 */
export function neverMatches(rule: Rule): readonly NeverFinding[] {
  const unsent = unsentOf(rule);
  if (unsent.some(({ all }) => all)) return unsent;
  const condition = falseCondition(rule);
  return condition === undefined ? unsent : [...unsent, condition];
}

/** What a rule without `on` hears: any type that has its topic. */
const typesOf = ({ on }: Rule): readonly EventType[] => on ?? EVENT_TYPES;

/** Whether a source sends such an event, be it of a topic that the rule has to name. */
const sends = ({ topics }: Rule, source: SourceName, type: EventType): boolean =>
  eventsOf(source).includes(type) || (type === 'custom' && topics !== undefined);

function unsentOf(rule: Rule): readonly (NeverFinding & { readonly all: boolean })[] {
  const { on, sources } = rule;
  if (on === undefined) return [];
  const senders = sources ?? SOURCE_NAMES;
  const unsent = on.filter((type) => !senders.some((source) => sends(rule, source, type)));
  const silent = senders.filter((source) => !on.some((type) => sends(rule, source, type)));
  const all = unsent.length === on.length;
  const rest = all ? ', so the rule never matches' : '';
  if (unsent.length > 0) {
    const message = `no ${unsent.join(' or ')} comes from ${senders.join(' or ')}${rest}`;
    return [{ path: ['on'], message, all }];
  }
  if (sources === undefined || silent.length === 0) return [];
  const message = `no ${on.join(' or ')} comes from ${silent.join(' or ')}: leave that source out`;
  return [{ path: ['sources'], message, all }];
}

function falseCondition(rule: Rule): NeverFinding | undefined {
  const { when, sources = SOURCE_NAMES } = rule;
  if (when === undefined || isNever(rule)) return undefined;
  const { ast } = environment.parse(when);
  const heard = pairs(typesOf(rule), sources).filter(({ source, type }) =>
    sends(rule, source, type),
  );
  if (!isFalseFor(ast, heard)) return undefined;
  const part = conjuncts(ast).find((one) => isFalseFor(one, heard)) ?? ast;
  const text = oneLine(sourceOf(environment, part));
  const whatever = isFalseFor(part, pairs(EVENT_TYPES, SOURCE_NAMES));
  const heardBy = whatever ? '' : ` that the rule listens to (${heardText(rule)})`;
  const message = `\`${text}\` is false for every event${heardBy}, so the rule never matches`;
  return { path: ['when'], offset: part.start, message };
}

function heardText({ on, topics, sources }: Rule): string {
  const heard = [...(on ?? []), ...(topics ?? [])];
  return `${heard.join(', ')}${sources ? ` from ${sources.join(', ')}` : ''}`;
}

function pairs(types: readonly EventType[], sources: readonly SourceName[]): readonly Pair[] {
  return sources.flatMap((source) => types.map((type) => ({ source, type })));
}

function conjuncts(node: ASTNode): readonly ASTNode[] {
  return node.op === '&&' ? node.args.flatMap(conjuncts) : [node];
}

const isFalseFor = (node: ASTNode, all: readonly Pair[]): boolean =>
  all.every((pair) => evaluate(node, pair) === false);

/**
 * The value of a condition of whose event only source and type are known: undefined where it depends on
 * more, or cannot be computed. Kleene's logic, as CEL has it.
 */
function evaluate(node: ASTNode, pair: Pair): boolean | undefined {
  switch (node.op) {
    case '&&':
    case '||': {
      const decisive = node.op === '||';
      const [left, right] = node.args.map((part) => evaluate(part, pair));
      if (left === decisive || right === decisive) return decisive;
      return left === undefined || right === undefined ? undefined : !decisive;
    }
    case '!_': {
      const inner = evaluate(node.args, pair);
      return inner === undefined ? undefined : !inner;
    }
    case '?:': {
      const [condition, yes, no] = node.args;
      const holds = evaluate(condition, pair);
      if (holds !== undefined) return evaluate(holds ? yes : no, pair);
      const [a, b] = [evaluate(yes, pair), evaluate(no, pair)];
      return a === b ? a : undefined;
    }
    default:
      return isClosed(node) ? computed(node, pair) : undefined;
  }
}

/** Whether it looks at nothing but the source and the type. */
function isClosed(node: ASTNode): boolean {
  const all = nodesOf(node);
  const known = all.filter(
    ({ op, args }) =>
      op === '.' &&
      Array.isArray(args) &&
      (args[1] === 'source' || args[1] === 'type') &&
      isEvent(args[0]),
  );
  return all.filter(({ op }) => op === 'id').length === known.length && all.every(isQuiet);
}

const isEvent = (node: unknown): boolean =>
  typeof node === 'object' &&
  node !== null &&
  (node as ASTNode).op === 'id' &&
  (node as ASTNode).args === 'event';

/** `has()` asks for a field and does not look at it. */
const isQuiet = (node: ASTNode): boolean => node.op !== 'call' || node.args[0] !== 'has';

function computed(node: ASTNode, { source, type }: Pair): boolean | undefined {
  const event: CustomerEvent = {
    source,
    type,
    id: 'any',
    topic: 'any',
    occurredAt: '2026-01-01T00:00:00Z',
    test: false,
    contact: {},
    tags: [],
    data: {},
  };
  const value = createScope(environment, ruleContext(event)).valueOf(node);
  return typeof value === 'boolean' ? value : undefined;
}
