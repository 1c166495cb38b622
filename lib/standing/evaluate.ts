import { OutOfSteps } from '../rules/steps.ts';
import {
  type Compiled,
  type CompiledDefinition,
  type NamesIn,
  Undecidable,
} from './definitions.ts';
import type { Look } from './look.ts';
import { OUT_OF_STEPS } from './reason.ts';
import type { DefinitionId, Evaluation, Undecided } from './standing.ts';

export type Outcome = Omit<Evaluation, 'nextAt'>;

/** What all definitions say at one time. Where two computed ones give one name, it is the first one's. */
export function outcomeAt({ definitions, steps }: Compiled, look: Look, now: number): Outcome {
  const wanted = new Map<string, DefinitionId>();
  const undecided: Undecided[] = [];
  steps.reset();
  for (const definition of definitions) {
    try {
      for (const name of steps.spend(() => namesAt(definition, look, now))) {
        if (!wanted.has(name)) wanted.set(name, definition.idOf(name));
      }
    } catch (error) {
      const reason = reasonOf(error);
      undecided.push(...definition.ids.map((by) => ({ by, reason })));
    }
  }
  return { wanted, undecided };
}

/** @throws the error, where it is not the end of one definition */
function reasonOf(error: unknown): string {
  if (error instanceof OutOfSteps) return OUT_OF_STEPS;
  if (error instanceof Undecidable) return error.message;
  throw error;
}

/** The names that a definition gives. @throws Undecidable, OutOfSteps */
function namesAt(
  { choices, afterMs, windows }: CompiledDefinition,
  look: Look,
  now: number,
): readonly string[] {
  for (const choice of choices) {
    const names = heldNames(choice, look, now, afterMs, windows);
    if (names.length > 0) return names;
  }
  return [];
}

/**
 * The names that an expression gives at a time `now`, and gave all the while before:
 *
 *     held(name, now) = name ∈ E(all facts, now), and for each time t with now − afterMs ≤ t < now:
 *                       name ∈ E(the facts whose states are not later than t, t)
 *
 * where E(facts, t) evaluates the expression with its windows reaching back from t. An expression changes its value only
 * at boundaries, so it is enough to look at now − afterMs and at each boundary after it. Things beyond the retention at
 * `now` are not there for any t. What was not known of a person before their first fact is an empty history.
 * A name that was not given at some t is not held, though the expression fails at an earlier one.
 * @throws Undecidable where it fails now, or at some t at which it alone decides; OutOfSteps
 */
function heldNames(
  namesIn: NamesIn,
  look: Look,
  now: number,
  afterMs: number,
  windows: readonly number[],
): readonly string[] {
  let names = namesIn(look.history(now));
  if (afterMs === 0) return names;
  const from = now - afterMs;
  const times = look.boundaries(windows).filter((time) => time > from && time < now);
  let failure: Undecidable | undefined;
  for (const time of [from, ...times].reverse()) {
    if (names.length === 0) return [];
    try {
      const then = new Set(namesIn(look.history(now, time)));
      names = names.filter((name) => then.has(name));
    } catch (error) {
      if (!(error instanceof Undecidable)) throw error;
      failure ??= error;
    }
  }
  if (failure !== undefined && names.length > 0) throw failure;
  return names;
}
