import {
  CODE_SOURCES,
  EVENT_TYPES,
  type EventType,
  isCodeSource,
  type SourceName,
} from '../../../lib/events/event.ts';
import { reachOf, type Verb } from '../../../lib/rules/changes.ts';
import {
  DEFAULT_COMPUTED_LABELS,
  fixedNames,
  type Rule,
  type RulesConfig,
} from '../../../lib/rules/config.ts';
import { sourceNamed } from '../../../lib/sources/index.ts';
import { KEYS_PER_CALL, NAMES_PER_QUERY } from '../../../lib/wix/labels.ts';
import { eventsOf } from '../../../samples/samples.ts';
import { type Given, givenBy } from './computed-names.ts';

export interface CallsOptions {
  /** The sources in use (default: those that are code, and those that some rule names). */
  readonly sources?: readonly SourceName[];
  /** How many names each list of an expression is taken to hold (default 1; `limits.computedLabels` bounds them). */
  readonly computed?: number;
}

/** What an event of one type can cost at most, when every rule that listens to it holds. */
export type EventCost = NonNullable<ReturnType<typeof costOf>>;

/**
 * What the rules can cost an event, for each type that some rule listens to and a source in use can send.
 * It counts calls that succeed: no retry, no contact to be created (one more), no label that was deleted.
 * test/cli/rules/calls.test.ts holds it against the real worker.
 */
export function callsOf(config: RulesConfig, options: CallsOptions = {}): readonly EventCost[] {
  const { sources = sourcesInUse(config), computed = 1 } = options;
  return EVENT_TYPES.flatMap((type) => {
    const costs = sources.flatMap((source) => costOf(config, type, source, computed) ?? []);
    return costs.sort((a, b) => b.calls.first - a.calls.first).slice(0, 1);
  });
}

/** The sources that rules may be for: those that are code, and the described ones that a rule names. */
export function sourcesInUse({ rules }: RulesConfig): readonly SourceName[] {
  const named = rules.flatMap((rule) => rule.sources ?? []);
  return [...new Set([...CODE_SOURCES, ...named])];
}

/** What the file of a described source says, of which no sample may be there: a refund in part. */
const sendsOf = (source: SourceName): readonly EventType[] =>
  isCodeSource(source) ? eventsOf(source) : (sourceNamed(source)?.sends ?? []);

/**
 * Whether a source can send such an event that a rule listens to. A topic that a rule names may be any topic of
 * the source, also one that only makes a `custom` event.
 */
export const mayHear = (
  { on, topics, sources }: Rule,
  source: SourceName,
  type: EventType,
): boolean =>
  (on?.includes(type) ?? true) &&
  (sources?.includes(source) ?? true) &&
  (sendsOf(source).includes(type) || (type === 'custom' && topics !== undefined));

function costOf(config: RulesConfig, type: EventType, source: SourceName, computed: number) {
  const rules = config.rules.filter((rule) => mayHear(rule, source, type) && !isNever(rule));
  // Rules that go by topics alone are counted where others listen, and by themselves once.
  if (rules.length === 0 || (type !== 'custom' && rules.every(({ on }) => !on))) return undefined;
  const [adds, removes] = [lasting(rules, 'add'), lasting(rules, 'remove')];
  const [gives, takes] = [computedIn(rules, 'add', config), computedIn(rules, 'remove', config)];
  const add = adds.length + gives.names + computed * gives.lists;
  const remove = removes.length + takes.names + computed * takes.lists;
  // Labels to take are only looked up, many at a time; those that are also put are known by then.
  const onlyTaken = remove - adds.filter((name) => removes.includes(name)).length;
  const keys = add + Math.ceil(onlyTaken / NAMES_PER_QUERY);
  const find = source === 'wix' ? 0 : 1;
  const [put, take] = [callsFor(add), callsFor(remove)];
  const next = find + put + take;
  const again = callsFor(reversibleIn(config, adds, gives) ?? add) + take;
  return {
    type,
    /** The source for which it costs most. */
    source,
    /** Names of the rules that listen, in file order. */
    rules: rules.map(({ name }) => name),
    /** Names that it puts and takes. `computed`: how many lists, of whatever length, expressions give. */
    labels: { add, remove, computed: gives.lists + takes.lists },
    /**
     * Calls to Wix. `keys`: to find or make the labels to add, and to look up those to remove, once in the life
     * of a worker process. `find`: to find the contact, whose id Wix itself sends along. `first`: the first event
     * that a process sees; `next`: the first event of a customer at a process that knows the labels; `again`: the
     * same for the same customer at the same process, within five minutes.
     */
    calls: { keys, find, put, take, first: keys + next, next, again },
  };
}

const callsFor = (names: number): number => Math.ceil(names / KEYS_PER_CALL);

/**
 * How many of the added names some rule may take off. Undefined means all of them: an expression may take any
 * name. Of the names that an expression gives, only those that stand in it are counted.
 */
function reversibleIn(
  config: RulesConfig,
  adds: readonly string[],
  gives: ReturnType<typeof computedIn>,
): number | undefined {
  if (config.rules.some(({ remove }) => remove && 'cel' in remove)) return undefined;
  const { remove: mayRemove } = reachOf(config);
  return adds.filter(mayRemove).length + gives.among(mayRemove);
}

/** How many names expressions and tables give at most, and how many lists of any length. */
function computedIn(rules: readonly Rule[], verb: Verb, { tables }: RulesConfig) {
  const given = rules.flatMap((rule): Given[] => {
    const names = rule[verb];
    if (names === undefined || 'labels' in names) return [];
    if ('cel' in names) return [givenBy(names.cel)];
    const most = Math.max(0, ...(tables?.[names.table] ?? []).map(([, labels]) => labels.length));
    const literal = fixedNames(names, tables);
    const all =
      literal.length > DEFAULT_COMPUTED_LABELS ? Number.POSITIVE_INFINITY : literal.length;
    return [{ most: Math.min(most * givenBy(names.keys).most, all), literal }];
  });
  const finite = given.filter(({ most }) => Number.isFinite(most));
  const count = (some: readonly Given[]) => some.reduce((sum, { most }) => sum + most, 0);
  return {
    names: count(finite),
    lists: given.length - finite.length,
    /** The most names of which `isOne` can hold. */
    among: (isOne: (name: string) => boolean) =>
      count(finite.filter(({ literal }) => literal.some(isOne))),
  };
}

/** The idiom that only names a label in the `remove` of some rule. */
export const isNever = ({ when }: Rule): boolean => when?.trim() === 'false';

/** The fixed names that some rule adds (or removes) and no later rule without a condition undoes. */
function lasting(rules: readonly Rule[], verb: Verb): string[] {
  const other = verb === 'add' ? 'remove' : 'add';
  const names = new Set<string>();
  for (const rule of rules) {
    if (rule.when === undefined) for (const name of fixedNames(rule[other])) names.delete(name);
    for (const name of fixedNames(rule[verb])) names.add(name);
  }
  return [...names];
}
