import { DEFAULT_COMPUTED_LABELS, type StandingDefinition } from '../rules/config.ts';
import { ENOUGH, labelName } from '../rules/label-name.ts';
import { meter } from '../rules/metered.ts';
import { celTypeOf } from '../rules/reason.ts';
import { createStepCounter, OutOfSteps, type StepCounter, stepsOfLength } from '../rules/steps.ts';
import { idOfEach, idOfLabel, namesOf } from './definition-id.ts';
import { standingEnvironment } from './environment.ts';
import { undecidedReason } from './reason.ts';
import type { DefinitionId } from './standing.ts';
import type { History, Lack, NoteLack } from './values.ts';
import { windowsOf } from './windows.ts';

/** An expression cannot be computed for a contact. The message holds nothing of the person. */
export class Undecidable extends Error {}

/** @returns the label names that an expression gives. @throws Undecidable, OutOfSteps */
export type NamesIn = (history: History) => readonly string[];

/** A definition, ready to be evaluated. */
export interface CompiledDefinition {
  /** The first that gives a name counts, alone: several where it has tiers. */
  readonly choices: readonly NamesIn[];
  /** Of all labels that stay as they are where the definition cannot be decided. */
  readonly ids: readonly [DefinitionId, ...DefinitionId[]];
  readonly idOf: (name: string) => DefinitionId;
  readonly afterMs: number;
  /** Milliseconds, of all expressions in it. */
  readonly windows: readonly number[];
}

/** The definitions of a file, and what their evaluation needs. */
export interface Compiled {
  readonly definitions: readonly CompiledDefinition[];
  /** Of one outcome at a time. */
  readonly steps: CountedSteps;
  readonly note: NoteLack;
  /** A thing that nothing was heard of for so long is no part of the history. */
  readonly retentionMs: number;
}

interface CountedSteps extends StepCounter {
  /** Since the beginning of the process. */
  taken(): number;
}

function countedSteps(): CountedSteps {
  const steps = createStepCounter();
  let taken = 0;
  return {
    ...steps,
    take(count) {
      taken += count;
      steps.take(count);
    },
    taken: () => taken,
  };
}

/** Compiles the definitions that `loadRules` passed. Throws on an expression it never passed. */
export function compileDefinitions(
  definitions: readonly StandingDefinition[],
  retentionMs: number,
): Compiled {
  const steps = countedSteps();
  const lacks = new Map<string, Lack>();
  const note: NoteLack = (lack) => void lacks.set(lack.field, lack);
  const environment = standingEnvironment(steps.take);
  const compile = meter(environment, steps.take);

  function namesIn(cel: string, accept: (value: unknown) => readonly string[]): NamesIn {
    const run = compile(cel);
    return (history) => {
      lacks.clear();
      try {
        return accept(run({ history }));
      } catch (error) {
        if (error instanceof OutOfSteps || error instanceof Undecidable) throw error;
        throw new Undecidable(undecidedReason(error, cel, lacks));
      }
    };
  }

  const fixed = new Set(definitions.flatMap(namesOf));
  const windows = (...cels: string[]) =>
    cels.flatMap((cel) => windowsOf(environment.parse(cel).ast));
  let computed = 0;
  return {
    steps,
    note,
    retentionMs,
    definitions: definitions.map((definition): CompiledDefinition => {
      const { afterMs = 0 } = definition;
      if ('each' in definition) {
        const { each, most = DEFAULT_COMPUTED_LABELS } = definition;
        const id = idOfEach(computed++);
        const accept = (value: unknown) => computedNames(value, most, fixed, steps);
        const choices = [namesIn(each, accept)];
        return { choices, ids: [id], idOf: () => id, afterMs, windows: windows(each) };
      }
      const tiers =
        'label' in definition ? [[definition.label, definition.while] as const] : definition.oneOf;
      return {
        choices: tiers.map(([name, cel]) => namesIn(cel, (value) => (truth(value) ? [name] : []))),
        ids: tiers.map(([name]) => idOfLabel(name)) as [DefinitionId, ...DefinitionId[]],
        idOf: idOfLabel,
        afterMs,
        windows: windows(...tiers.map(([, cel]) => cel)),
      };
    }),
  };
}

function truth(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new Undecidable(`gave ${celTypeOf(value)}, needs bool`);
}

/** As of the names that rules compute: to normalise one may take the square of its length. */
const stepsOfName = (length: number): number =>
  20 + stepsOfLength(length) + Math.floor(Math.min(length, ENOUGH) ** 2 / 256);

/** The label names in what an expression gave, without those that another definition has by name. */
function computedNames(
  value: unknown,
  most: number,
  fixed: ReadonlySet<string>,
  { take }: StepCounter,
): readonly string[] {
  const names = new Set<string>();
  for (const text of Array.isArray(value) ? value : [value]) {
    if (typeof text !== 'string') {
      throw new Undecidable(`gave ${celTypeOf(text)}, needs a string or a list of strings`);
    }
    take(stepsOfName(text.length));
    const name = labelName(text);
    if (name === '') throw new Undecidable('gave an empty text, which cannot be a label');
    if (!fixed.has(name)) names.add(name);
    if (names.size > most) {
      throw new Undecidable(
        `gives more than ${most} label names. Narrow the expression, or raise its \`most\``,
      );
    }
  }
  return [...names];
}
