import type { CustomerEvent, MissingPolicy } from '../events/event.ts';
import {
  foldChanges,
  type LastChanges,
  type Reach,
  reachOf,
  reversible,
  toLists,
  type Verb,
} from './changes.ts';
import {
  DEFAULT_COMPUTED_LABELS,
  listensTo,
  MAX_NAMES,
  type Rule,
  type RulesConfig,
} from './config.ts';
import { ruleContext } from './environment.ts';
import {
  type Context,
  createExpressionCompiler,
  type Evaluate,
  RuleFailure,
  tooManyNames,
} from './expressions.ts';
import { failureReason } from './reason.ts';
import { createStepCounter, type StepCounter } from './steps.ts';

/** What a delivery earns and loses: names are normalised, unique, and never in both lists. */
export interface Match {
  readonly missing: MissingPolicy;
  /** Whether some rule listens to some of the events, whatever its condition. */
  readonly heard: boolean;
  /** The rules that held, in file order. */
  readonly rules: string[];
  readonly add: string[];
  readonly remove: string[];
  /** The names in `add` that some rule of the file may remove, and those in `remove` that some may add. */
  readonly reversible: string[];
  /** Rules that failed on an event; each changed nothing for it. No reason holds customer data. */
  readonly failures: { rule: string; reason: string }[];
}

interface CompiledRule {
  readonly rule: Rule;
  readonly when: Evaluate<boolean>;
  readonly add: Evaluate<readonly string[]>;
  readonly remove: Evaluate<readonly string[]>;
}

export interface CompiledRules {
  readonly missing: MissingPolicy;
  readonly computedLabels: number;
  readonly rules: readonly CompiledRule[];
  /** Of one delivery at a time. */
  readonly steps: StepCounter;
  readonly reach: Reach;
  /** Whether an event is kept in the history of its contact, for standing labels. */
  readonly keepsHistory?: boolean;
}

/** Compiles the config that `loadRules` returned; done once, at start. Throws on an expression it never passed. */
export function compileRules(config: RulesConfig): CompiledRules {
  const { missing, computedLabels = DEFAULT_COMPUTED_LABELS, tables } = config;
  const steps = createStepCounter();
  const { condition, names } = createExpressionCompiler(steps.take, computedLabels, tables);
  const rules = config.rules.map((rule) => ({
    rule,
    when: condition(rule.when),
    add: names('add', rule.add),
    remove: names('remove', rule.remove),
  }));
  return { missing, computedLabels, rules, steps, reach: reachOf(config) };
}

/** As `compileRules`, for a file that may have standing labels. */
export const compileRulesWithHistory = (config: RulesConfig): CompiledRules => ({
  ...compileRules(config),
  keepsHistory: config.labels !== undefined,
});

/** An event, what the rules see of it once one listens, and the names that expressions gave it. */
interface SeenEvent {
  readonly event: CustomerEvent;
  context?: Context;
  computed: ReadonlySet<string>;
}

/**
 * The labels that the events of one delivery, all about one contact, earn and lose. Rules run in
 * file order, and for a name both added and removed the later rule wins; within a rule `remove` comes
 * first. Ends within STEPS_A_DELIVERY. Never throws for events that are valid, but what `beforeEach` throws.
 * @param beforeEach called before each rule is run on an event
 */
export function matchRules(
  compiled: CompiledRules,
  events: readonly CustomerEvent[],
  beforeEach: () => void = () => {},
): Match {
  const { missing, rules, steps, reach } = compiled;
  steps.reset();
  const all = events.map((event): SeenEvent => ({ event, computed: new Set() }));
  let heard = false;
  const matched = new Set<string>();
  const failures = new Map<string, { rule: string; reason: string }>();
  let changes: LastChanges = new Map();
  for (const compiledRule of rules) {
    const { rule } = compiledRule;
    for (const seen of all) {
      if (!listensTo(rule, seen.event)) continue;
      heard = true;
      beforeEach();
      try {
        const after = steps.spend(() => apply(compiled, compiledRule, seen, changes));
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
  const lists = toLists(changes);
  return {
    missing,
    heard,
    rules: [...matched],
    ...lists,
    reversible: reversible(lists, reach),
    failures: [...failures.values()],
  };
}

/** The changes after this rule; undefined when its condition does not hold. Throws RuleFailure. */
function apply(
  { steps, computedLabels }: CompiledRules,
  compiledRule: CompiledRule,
  seen: SeenEvent,
  before: LastChanges,
): LastChanges | undefined {
  seen.context ??= ruleContext(seen.event, steps.take);
  const { context } = seen;
  if (!compiledRule.when(context)) return undefined;
  const computed = new Set(seen.computed);
  const namesOf = (verb: Verb) => {
    const names = compiledRule[verb](context);
    if ('cel' in (compiledRule.rule[verb] ?? {})) for (const name of names) computed.add(name);
    return names;
  };
  const after = foldChanges([{ remove: namesOf('remove'), add: namesOf('add') }], before);
  if (computed.size > computedLabels) throw tooManyNames(computedLabels);
  if (after.size > MAX_NAMES) {
    throw new RuleFailure(`would bring the event to more than ${MAX_NAMES} label names`);
  }
  seen.computed = computed;
  return after;
}
