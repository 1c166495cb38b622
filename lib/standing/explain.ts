// Why a contact has its standing labels. For the command line: it evaluates far more than the worker does.
import type { KeptFact } from '../history/fact.ts';
import type { StandingDefinition } from '../rules/config.ts';
import { namesOf } from './definition-id.ts';
import { type Compiled, compileDefinitions } from './definitions.ts';
import { standingEnvironment } from './environment.ts';
import { outcomeAt } from './evaluate.ts';
import { createLook } from './look.ts';
import { boundariesAfter, MOST_BOUNDARIES } from './next.ts';
import { isRead, type Reads, readsOf } from './reads.ts';
import type { DefinitionId } from './standing.ts';

/** A standing label and why it is on or off; of an `each` that gives no name, one entry without a name. */
export interface ExplainedLabel {
  readonly name: string | undefined;
  readonly by: DefinitionId;
  /** Its expression, as it stands in rules.yml. */
  readonly condition: string;
  readonly afterMs: number | undefined;
  /** `undecided`: it stays as it is. */
  readonly state: 'on' | 'off' | 'undecided';
  /** Why it is undecided; it holds nothing of the person. */
  readonly reason: string | undefined;
  /** Since when it should be so, by the facts; undefined where that is longer ago than was looked. Epoch milliseconds. */
  readonly since: number | undefined;
  /** When time alone makes it the other, `on` or `off`; undefined where that is never, or further off than was looked. */
  readonly changesAt: number | undefined;
  /** For one that is on: the facts without each of which it would be off; where there is none, all that it reads. */
  readonly facts: readonly KeptFact[];
  /** Whether each of `facts` alone keeps it on. */
  readonly eachNeeded: boolean;
}

/** More facts are not left out one by one. */
const MOST_FACTS = 200;

/**
 * Explains each standing label of a file, in its order.
 * @param now epoch milliseconds
 */
export function explainLabels(
  definitions: readonly StandingDefinition[],
  facts: readonly KeptFact[],
  now: number,
  { retentionMs }: { readonly retentionMs: number },
): ExplainedLabel[] {
  const compiled = compileDefinitions(definitions, retentionMs);
  return definitions.flatMap((definition, i) => {
    const { afterMs } = definition;
    const compiledOne = compiled.definitions[i];
    if (compiledOne === undefined) return [];
    const asked: Asked = { compiled: { ...compiled, definitions: [compiledOne] }, facts, now };
    const { names, reason } = stateOf(asked.compiled, facts, now);
    return namesToShow(definition, names).map((name): ExplainedLabel => {
      const condition = conditionOf(definition, name);
      const base = { name, by: compiledOne.idOf(name ?? ''), condition, afterMs, reason };
      return reason === undefined
        ? { ...base, ...decided(asked, name, condition) }
        : { ...base, ...UNDECIDED };
    });
  });
}

/** One definition, asked about a contact. */
interface Asked {
  readonly compiled: Compiled;
  readonly facts: readonly KeptFact[];
  readonly now: number;
}
type Answer = Omit<ExplainedLabel, 'name' | 'by' | 'condition' | 'afterMs' | 'reason'>;
type IsOn = (facts: readonly KeptFact[], time: number) => boolean;

const UNDECIDED: Answer = {
  state: 'undecided',
  since: undefined,
  changesAt: undefined,
  facts: [],
  eachNeeded: false,
};

function namesToShow(definition: StandingDefinition, given: readonly string[]) {
  if (!('each' in definition)) return namesOf(definition);
  return given.length > 0 ? given : [undefined];
}

function conditionOf(definition: StandingDefinition, name: string | undefined): string {
  if ('each' in definition) return definition.each;
  if ('label' in definition) return definition.while;
  return definition.oneOf.find(([tier]) => tier === name)?.[1] ?? '';
}

function decided(asked: Asked, name: string | undefined, condition: string): Answer {
  const { compiled, facts, now } = asked;
  const isOn: IsOn = (known, time) =>
    stateOf(compiled, known, time).names.some((given) => name === undefined || given === name);
  const on = isOn(facts, now);
  const reads = readsOf(standingEnvironment().parse(condition).ast);
  return {
    state: on ? 'on' : 'off',
    since: sinceWhen(asked, on, isOn),
    changesAt: changeAt(asked, on, isOn),
    ...(on ? holding(asked, reads, isOn) : { facts: [], eachNeeded: false }),
  };
}

function stateOf(
  compiled: Compiled,
  facts: readonly KeptFact[],
  time: number,
): { readonly names: readonly string[]; readonly reason: string | undefined } {
  const { wanted, undecided } = outcomeAt(compiled, createLook(compiled, facts), time);
  return { names: [...wanted.keys()], reason: undecided[0]?.reason };
}

/** Back from now, from one time at which it could change to the one before. */
function sinceWhen({ compiled, facts, now }: Asked, on: boolean, isOn: IsOn): number | undefined {
  const look = createLook(compiled, facts);
  const past = boundariesAfter(compiled, look, Number.NEGATIVE_INFINITY).filter(
    (time) => time <= now,
  );
  let since: number | undefined;
  for (const time of past.toReversed().slice(0, MOST_BOUNDARIES)) {
    if (isOn(knownAt(facts, time), time) !== on) return since;
    since = time;
  }
  return past.length <= MOST_BOUNDARIES ? since : undefined;
}

function changeAt({ compiled, facts, now }: Asked, on: boolean, isOn: IsOn): number | undefined {
  return boundariesAfter(compiled, createLook(compiled, facts), now)
    .slice(0, MOST_BOUNDARIES)
    .find((time) => isOn(facts, time) !== on);
}

function holding(
  { facts, now }: Asked,
  reads: Reads,
  isOn: IsOn,
): Pick<ExplainedLabel, 'facts' | 'eachNeeded'> {
  const read = facts.filter((fact) => isRead(fact, reads, now));
  const isNeeded = (fact: KeptFact) =>
    !isOn(
      facts.filter((one) => one !== fact),
      now,
    );
  const needed = read.length > MOST_FACTS ? [] : read.filter(isNeeded);
  return needed.length > 0
    ? { facts: needed, eachNeeded: true }
    : { facts: read, eachNeeded: false };
}

/** The facts as they were at a time. */
const knownAt = (facts: readonly KeptFact[], time: number): readonly KeptFact[] =>
  facts.flatMap((fact) => {
    const states = Object.entries(fact.states).filter(([, { at }]) => at <= time);
    return states.length === 0 ? [] : [{ ...fact, states: Object.fromEntries(states) }];
  });
