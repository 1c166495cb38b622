import type { CustomerEvent, MissingPolicy } from '../events/event.ts';
import type { LabelNames, Rule, RulesConfig } from './config.ts';
import { namesInReach } from './contested.ts';
import { ruleContext, rulesEnvironment } from './environment.ts';
import { labelName } from './label-name.ts';
import { celTypeOf, failureReason } from './reason.ts';

/**
 * Names one job may carry. At 180 UTF-16 units, so 540 bytes, each, this many stay well under SQS's
 * 1 MiB, with some of them repeated as contested; a contact can hold 2,000.
 */
export const MAX_NAMES = 1000;

/** What a delivery earns and loses: names are normalised, unique, and never in both lists. */
export interface Match {
  readonly missing: MissingPolicy;
  /** The rules that held, in file order. */
  readonly rules: string[];
  readonly add: string[];
  readonly remove: string[];
  /** The names in `add` that some rule of the file may remove, and those in `remove` that some may add. */
  readonly contested: string[];
  /** Rules that failed on an event; each changed nothing for it. No reason holds customer data. */
  readonly failures: { rule: string; reason: string }[];
}

type Context = ReturnType<typeof ruleContext>;
type Evaluate<T> = (context: Context) => T;

interface CompiledRule {
  readonly rule: Rule;
  readonly when: Evaluate<boolean>;
  readonly add: Evaluate<readonly string[]>;
  readonly remove: Evaluate<readonly string[]>;
}

export interface CompiledRules {
  readonly missing: MissingPolicy;
  readonly rules: readonly CompiledRule[];
  readonly mayAdd: (name: string) => boolean;
  readonly mayRemove: (name: string) => boolean;
}

/** A rule cannot say what it should: the message is the reason, free of customer data. */
class RuleFailure extends Error {}

/** Compiles what `loadRules` gave; done once, at start. Throws on an expression it never passed. */
export function compileRules(config: RulesConfig): CompiledRules {
  const environment = rulesEnvironment();

  function expression<T>(part: string, cel: string, accept: (value: unknown) => T): Evaluate<T> {
    const run = environment.parse(cel);
    run.check();
    return (context) => {
      let value: unknown;
      try {
        value = run(context);
      } catch (error) {
        throw new RuleFailure(`${part}: ${failureReason(error, cel)}`);
      }
      return accept(value);
    };
  }

  function names(part: string, given: LabelNames | undefined): Evaluate<readonly string[]> {
    if (given === undefined) return () => [];
    if ('labels' in given) return () => given.labels;
    return expression(part, given.cel, (value) => labelNames(part, value));
  }

  const rules = config.rules.map((rule) => ({
    rule,
    when: rule.when === undefined ? () => true : expression('when', rule.when, truth),
    add: names('add', rule.add),
    remove: names('remove', rule.remove),
  }));
  return {
    missing: config.missing,
    rules,
    mayAdd: namesInReach(config.rules, 'add'),
    mayRemove: namesInReach(config.rules, 'remove'),
  };
}

/**
 * The labels that the events of one delivery, all about one contact, earn and lose. Rules run in
 * file order, and for a name both added and removed the later rule wins; within a rule `remove` comes
 * first. Never throws for events that are valid, but what `beforeEach` throws.
 * @param beforeEach called before each rule is run on an event
 */
export function matchRules(
  compiled: CompiledRules,
  events: readonly CustomerEvent[],
  beforeEach: () => void = () => {},
): Match {
  const contexts = events.map(lazyContext);
  const matched = new Set<string>();
  const failures = new Map<string, { rule: string; reason: string }>();
  let changes: Changes = new Map();
  for (const compiledRule of compiled.rules) {
    const { rule } = compiledRule;
    for (const [i, event] of events.entries()) {
      const context = contexts[i];
      if (context === undefined || !concerns(rule, event)) continue;
      beforeEach();
      try {
        const after = apply(compiledRule, context(), changes);
        if (after === undefined) continue;
        changes = after;
        matched.add(rule.name);
      } catch (error) {
        const reason =
          error instanceof RuleFailure ? error.message : failureReason(error, rule.name);
        failures.set(`${rule.name}\n${reason}`, { rule: rule.name, reason });
      }
    }
  }
  const namesOf = (verb: Verb) => [...changes].filter(([, v]) => v === verb).map(([name]) => name);
  const add = namesOf('add');
  const remove = namesOf('remove');
  return {
    missing: compiled.missing,
    rules: [...matched],
    add,
    remove,
    contested: [...add.filter(compiled.mayRemove), ...remove.filter(compiled.mayAdd)],
    failures: [...failures.values()],
  };
}

type Verb = 'add' | 'remove';
type Changes = ReadonlyMap<string, Verb>;

/** The changes after this rule; undefined when its condition does not hold. Throws RuleFailure. */
function apply(compiled: CompiledRule, context: Context, before: Changes): Changes | undefined {
  if (!compiled.when(context)) return undefined;
  const after = new Map(before);
  for (const name of compiled.remove(context)) after.set(name, 'remove');
  for (const name of compiled.add(context)) after.set(name, 'add');
  if (after.size <= MAX_NAMES) return after;
  throw new RuleFailure(`would bring the event to more than ${MAX_NAMES} label names`);
}

function concerns(rule: Rule, event: CustomerEvent): boolean {
  return rule.on.includes(event.type) && (rule.sources?.includes(event.source) ?? true);
}

function lazyContext(event: CustomerEvent): () => Context {
  let context: Context | undefined;
  return () => {
    context ??= ruleContext(event);
    return context;
  };
}

function truth(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new RuleFailure(`when: gave ${celTypeOf(value)}, needs bool`);
}

function labelNames(part: string, value: unknown): string[] {
  const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
  return texts.map((text) => {
    if (typeof text !== 'string') {
      const gave = `${Array.isArray(value) ? 'a list holding ' : ''}${celTypeOf(text)}`;
      throw new RuleFailure(`${part}: gave ${gave}, needs a string or a list of strings`);
    }
    const name = labelName(text);
    if (name === '') throw new RuleFailure(`${part}: gave an empty text, which cannot be a label`);
    return name;
  });
}
