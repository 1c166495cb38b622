import type { EventType } from '../../../lib/events/event.ts';
import type { FactKind, KeptFact } from '../../../lib/history/fact.ts';
import type { StandingDefinition } from '../../../lib/rules/config.ts';
import { compileLabels } from '../../../lib/standing/compile.ts';
import { type ExplainedLabel, explainLabels } from '../../../lib/standing/explain.ts';
import type { StandingLabels } from '../../../lib/standing/standing.ts';
import type { ContactState, HeldLabel } from '../../../lib/store/store.ts';

/** One standing label of a person: what it is, and what it should be. */
export interface LabelOfPerson extends Omit<ExplainedLabel, 'state'> {
  /** As it was last put or found; undefined where it is not on the contact. */
  readonly held: HeldLabel | undefined;
  /** By its condition. `gone`: rules.yml has no definition of it any more. */
  readonly should: ExplainedLabel['state'] | 'gone';
  /** A change was begun at Wix, and nobody knows how it ended. */
  readonly inDoubt: boolean;
  /** Events of `facts` that would take it off. */
  readonly endedBy: readonly EventType[];
}

export interface Explaining {
  readonly definitions: readonly StandingDefinition[];
  readonly facts: readonly KeptFact[];
  readonly state: ContactState | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly retentionMs: number;
}

/** Each standing label of a person, those that are on first. Pure. */
export function labelsOf(explaining: Explaining): readonly LabelOfPerson[] {
  const { definitions, facts, state, now, retentionMs } = explaining;
  const compiled = compileLabels(definitions, { retentionMs });
  const explained = explainLabels(definitions, facts, now, { retentionMs });
  const held = new Map(Object.entries(state?.held ?? {}));
  const doubtful = new Set(
    Object.values(state?.begun ?? {}).flatMap(({ names }) => Object.keys(names)),
  );
  const about = explained.map(({ state: should, ...one }): LabelOfPerson => {
    const name = one.name ?? '';
    return {
      ...one,
      held: held.get(name),
      should,
      inDoubt: doubtful.has(name),
      endedBy: should === 'on' ? endersOf(compiled, explaining, { ...one, name }) : [],
    };
  });
  const others = [...held].filter(([name]) => !explained.some((one) => one.name === name));
  return [
    ...about,
    ...others.map(([name, one]) => unexplained(name, one, compiled, doubtful)),
  ].sort((a, b) => rank(a) - rank(b));
}

const rank = ({ held }: LabelOfPerson): number => (held ? 0 : 1);

/** A label that is on, and that no definition names or gives now. */
const unexplained = (
  name: string,
  held: HeldLabel,
  compiled: StandingLabels,
  doubtful: ReadonlySet<string>,
): LabelOfPerson => ({
  name,
  by: held.by as LabelOfPerson['by'],
  condition: '',
  afterMs: undefined,
  reason: undefined,
  since: undefined,
  changesAt: undefined,
  facts: [],
  eachNeeded: false,
  held,
  should: compiled.manages(name, held.by) ? 'off' : 'gone',
  inDoubt: doubtful.has(name),
  endedBy: [],
});

/** What may happen to a thing that was done; what is done otherwise stays done. */
const ENDS: Readonly<Record<FactKind, readonly EventType[]>> = {
  order: ['order.refunded', 'order.canceled'],
  subscription: ['subscription.canceled'],
  form: [],
  event: [],
};

/** More are not tried. */
const MOST_TRIED = 200;

/** The events that would take a label off, if they came now: of each fact that it needs, or else of all of them. */
function endersOf(
  compiled: StandingLabels,
  { facts, now }: Explaining,
  {
    name,
    facts: reads,
    eachNeeded,
  }: Pick<ExplainedLabel, 'facts' | 'eachNeeded'> & { name: string },
): readonly EventType[] {
  if (reads.length === 0 || reads.length > MOST_TRIED) return [];
  const ended = new Set(eachNeeded ? reads.slice(0, 1) : reads);
  const kinds = new Set([...ended].map(({ kind }) => kind));
  return [...kinds]
    .flatMap((kind) => ENDS[kind])
    .filter((type) => {
      const then = facts.map((fact) => (ended.has(fact) ? after(fact, type, now) : fact));
      return !compiled.evaluate(then, now).wanted.has(name);
    });
}

const after = (fact: KeptFact, type: EventType, at: number): KeptFact =>
  ENDS[fact.kind].includes(type)
    ? { ...fact, states: { ...fact.states, [type]: { at, state: { test: false } } } }
    : fact;
