import type { CustomerEvent, MissingPolicy } from '../events/event.ts';
import {
  foldChanges,
  type LastChanges,
  type Reach,
  reachOf,
  reversible,
  toLists,
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
  type Names,
  RuleFailure,
  tooManyNames,
} from './expressions.ts';
import { failureReason } from './reason.ts';
import { createStepCounter, type StepCounter, type TakeSteps } from './steps.ts';

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
  readonly add: Names;
  readonly remove: Names;
}

export interface CompiledRules {
  readonly missing: MissingPolicy;
  readonly computedLabels: number;
  readonly rules: readonly CompiledRule[];
  /** Of one delivery at a time. */
  readonly steps: StepCounter;
  readonly reach: Reach;
}

/** Compiles what `loadRules` gave; done once, at start. Throws on an expression it never passed. */
export function compileRules(config: RulesConfig): CompiledRules {
  const { computedLabels = DEFAULT_COMPUTED_LABELS, tables } = config;
  const steps = createStepCounter();
  const { condition, names } = createExpressionCompiler(steps.take, computedLabels, tables);
  const rules = config.rules.map((rule) => ({
    rule,
    when: condition(rule.when),
    add: names('add', rule.add),
    remove: names('remove', rule.remove),
  }));
  return {
    missing: config.missing,
    computedLabels,
    rules,
    steps,
    reach: reachOf(config),
  };
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
  const { steps } = compiled;
  steps.reset();
  const all = events.map((event) => hear(event, steps.take));
  let heard = false;
  const matched = new Set<string>();
  const failures = new Map<string, { rule: string; reason: string }>();
  let changes: LastChanges = new Map();
  for (const compiledRule of compiled.rules) {
    const { rule } = compiledRule;
    for (const one of all) {
      if (!listensTo(rule, one.event)) continue;
      heard = true;
      beforeEach();
      try {
        const after = steps.spend(() => apply(compiledRule, one, changes, compiled.computedLabels));
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
    missing: compiled.missing,
    heard,
    rules: [...matched],
    ...lists,
    reversible: reversible(lists, compiled.reach),
    failures: [...failures.values()],
  };
}

/** An event, what the rules see of it, and the names that expressions gave it. */
interface Heard {
  readonly event: CustomerEvent;
  readonly context: () => Context;
  computed: ReadonlySet<string>;
}

function hear(event: CustomerEvent, take: TakeSteps): Heard {
  let context: Context | undefined;
  return {
    event,
    computed: new Set(),
    context() {
      context ??= ruleContext(event, take);
      return context;
    },
  };
}

/** The changes after this rule; undefined when its condition does not hold. Throws RuleFailure. */
function apply(
  { when, add, remove }: CompiledRule,
  heard: Heard,
  before: LastChanges,
  most: number,
): LastChanges | undefined {
  const context = heard.context();
  if (!when(context)) return undefined;
  const computed = new Set(heard.computed);
  const namesOf = (names: Names) => {
    const given = names.of(context);
    if (names.computed) for (const name of given) computed.add(name);
    return given;
  };
  const after = foldChanges([{ remove: namesOf(remove), add: namesOf(add) }], before);
  if (computed.size > most) throw tooManyNames(most);
  if (after.size > MAX_NAMES) {
    throw new RuleFailure(`would bring the event to more than ${MAX_NAMES} label names`);
  }
  heard.computed = computed;
  return after;
}
