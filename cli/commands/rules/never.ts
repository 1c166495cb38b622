import type { ASTNode } from '@marcbachmann/cel-js';
import {
  CODE_SOURCES,
  type CustomerEvent,
  EVENT_TYPES,
  isCodeSource,
} from '../../../lib/events/event.ts';
import { chainOf, children } from '../../../lib/rules/authoring/syntax-tree.ts';
import type { Rule } from '../../../lib/rules/config.ts';
import { ruleContext } from '../../../lib/rules/environment.ts';
import { sourceNames } from '../../../lib/sources/index.ts';
import { isNever, mayHear } from './calls.ts';
import { evaluate, parse, shortTextOf } from './cel.ts';
import type { FileRemark } from './remark.ts';

type Pair = Pick<CustomerEvent, 'source' | 'type'>;

const everyPair = (): readonly Pair[] =>
  sourceNames().flatMap((source) => EVENT_TYPES.map((type) => ({ source, type })));

/**
 * Whether a rule may hear such an event. Of a described source that the rule does not name, any event: what the
 * source sends stands in its file, and the files of all would be read for nothing.
 */
const mayBeHeard = (rule: Rule, { source, type }: Pair): boolean =>
  rule.sources === undefined && !isCodeSource(source)
    ? (rule.on?.includes(type) ?? true)
    : mayHear(rule, source, type);

/**
 * Warnings about what in a rule can certainly never match: events that none of its sources sends, and a condition
 * that is false whatever else an event holds. Their paths are within the rule.
 */
export function neverMatches(rule: Rule): readonly FileRemark[] {
  const heard = everyPair().filter((pair) => mayBeHeard(rule, pair));
  const condition = heard.length > 0 ? falseCondition(rule, heard) : [];
  return [...unsentEvents(rule, heard), ...condition];
}

function unsentEvents(rule: Rule, heard: readonly Pair[]): FileRemark[] {
  const { on = [], sources = CODE_SOURCES } = rule;
  const unsent = on.filter((type) => !heard.some((pair) => pair.type === type));
  const silent = sources.filter((source) => !heard.some((pair) => pair.source === source));
  if (unsent.length > 0) {
    const rest = heard.length === 0 ? ', so the rule never matches' : '';
    const message = `no ${unsent.join(' or ')} comes from ${sources.join(' or ')}${rest}`;
    return [{ kind: 'warning', path: ['on'], message }];
  }
  if (rule.sources === undefined || silent.length === 0) return [];
  const message = `no ${on.join(' or ')} comes from ${silent.join(' or ')}: leave that source out`;
  return [{ kind: 'warning', path: ['sources'], message }];
}

function falseCondition(rule: Rule, heard: readonly Pair[]): FileRemark[] {
  if (rule.when === undefined || isNever(rule)) return [];
  const condition = parse(rule.when);
  if (!isFalseFor(condition, heard)) return [];
  const part = chainOf(condition, '&&').find((one) => isFalseFor(one, heard)) ?? condition;
  const heardBy = isFalseFor(part, everyPair())
    ? ''
    : ` that the rule listens to (${heardText(rule)})`;
  const message = `\`${shortTextOf(part)}\` is false for every event${heardBy}, so the rule never matches`;
  return [{ kind: 'warning', path: ['when'], offset: part.start, message }];
}

function heardText({ on = [], topics = [], sources }: Rule): string {
  return `${[...on, ...topics].join(', ')}${sources ? ` from ${sources.join(', ')}` : ''}`;
}

const isFalseFor = (node: ASTNode, pairs: readonly Pair[]): boolean =>
  pairs.every((pair) => truthOf(node, pair) === false);

/**
 * The value of a condition when nothing but source and type of the event is known: undefined where it depends on
 * more, or cannot be computed. Kleene's logic, as CEL has it.
 */
function truthOf(node: ASTNode, pair: Pair): boolean | undefined {
  switch (node.op) {
    case '&&':
    case '||': {
      const decisive = node.op === '||';
      const [left, right] = node.args.map((part) => truthOf(part, pair));
      if (left === decisive || right === decisive) return decisive;
      return left === undefined || right === undefined ? undefined : !decisive;
    }
    case '!_': {
      const inner = truthOf(node.args, pair);
      return inner === undefined ? undefined : !inner;
    }
    case '?:': {
      const [condition, yes, no] = node.args;
      const holds = truthOf(condition, pair);
      if (holds !== undefined) return truthOf(holds ? yes : no, pair);
      const [a, b] = [truthOf(yes, pair), truthOf(no, pair)];
      return a === b ? a : undefined;
    }
    default: {
      const value = isClosed(node)
        ? evaluate(node, ruleContext({ ...ANY_EVENT, ...pair }))
        : undefined;
      return typeof value === 'boolean' ? value : undefined;
    }
  }
}

/** Whether it reads nothing of an event but its source and type. */
function isClosed(node: ASTNode): boolean {
  if (node.op === '.' && ['source', 'type'].includes(node.args[1])) {
    const [inner] = node.args;
    if (inner.op === 'id' && inner.args === 'event') return true;
  }
  return node.op !== 'id' && children(node).every(isClosed);
}

const ANY_EVENT: Omit<CustomerEvent, keyof Pair> = {
  id: 'any',
  topic: 'any',
  occurredAt: '2026-01-01T00:00:00Z',
  test: false,
  contact: {},
  tags: [],
  data: {},
};
