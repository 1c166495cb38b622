import type { KeptFact } from '../../../lib/history/fact.ts';
import { historyAt } from '../../../lib/history/view.ts';
import type { StandingDefinition } from '../../../lib/rules/config.ts';
import { idOfEach, idOfLabel, namesOf } from '../../../lib/standing/definition-id.ts';
import { History } from '../../../lib/standing/values.ts';
import { DEFAULT_RETENTION_MS } from '../../kit/retention.ts';
import { span } from '../../kit/words.ts';
import { evaluate, parse, renderList, type Variables } from './cel.ts';
import type { Person } from './person.ts';
import { renderTime } from './test-times.ts';
import type { Trial } from './try.ts';
import { whyOf } from './why.ts';

/** Why a person has a label, or has it not, at a time (epoch milliseconds): in one line. */
export function whyOfLabel(
  { config: { labels = [] } }: Trial,
  person: Person,
  at: number,
  name: string,
): string {
  const own = labels.find((one) => namesOf(one).includes(name));
  const rule = own ? undefined : person.byRules.get(name);
  if (rule !== undefined) {
    const did = rule.verb === 'add' ? 'put it on' : 'took it off';
    return `rule "${rule.rule}" ${did} at ${renderTime(rule.at)}`;
  }
  const vars = contextOf(person.facts, at);
  if (own !== undefined && !('each' in own)) return whyOfDefinition(own, person, vars, name);
  // Where no definition names it, an expression may be meant to give it.
  const computed = labels.flatMap((one) => ('each' in one ? [one.each] : []));
  if (computed.length === 0) return 'no rule gave it, and no standing label is called so';
  return computed.map((each, i) => whyOfEach(each, idOfEach(i), person, vars)).join('; ');
}

const contextOf = (facts: readonly KeptFact[], now: number): Variables => {
  const values = { note: () => {}, made: new WeakMap() };
  const history = historyAt(facts, { now, retentionMs: DEFAULT_RETENTION_MS });
  return { history: new History(history, now, values) };
};

const whyUndecided = ({ undecided }: Person, id: string): string | undefined => {
  const open = undecided.find(({ by }) => by === id);
  return open && `it stays as it was: ${open.reason}`;
};

function whyOfEach(each: string, id: string, person: Person, vars: Variables): string {
  const given = [evaluate(parse(each), vars)].flat().filter((one) => one !== undefined);
  return whyUndecided(person, id) ?? `\`each\` gives ${renderList(given)}`;
}

function whyOfDefinition(
  definition: Exclude<StandingDefinition, { readonly each: string }>,
  person: Person,
  vars: Variables,
  name: string,
): string {
  const open = whyUndecided(person, idOfLabel(name));
  if (open !== undefined) return open;
  const tiers = 'label' in definition ? [[name, definition.while] as const] : definition.oneOf;
  for (const [tier, cel] of tiers) {
    const why = whyOf(cel, vars);
    if (tier === name)
      return `${why?.text ?? cel}${waitOf(definition, person, why?.outcome, name)}`;
    if (why?.outcome === true) return `"${tier}" comes first: ${why.text}`;
  }
  return '';
}

/** Where the condition holds, and the label is not there yet: for how long it has to hold. */
function waitOf(
  { afterMs }: StandingDefinition,
  { held, nextAt }: Person,
  outcome: boolean | undefined,
  name: string,
): string {
  if (afterMs === undefined || outcome !== true || held.has(name)) return '';
  const until = nextAt === undefined ? '' : `, until ${renderTime(nextAt)}`;
  return `; it has to hold for ${span(afterMs)}${until}`;
}
