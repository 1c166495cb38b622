import { decisive, type ProjectRules } from '../lib/rules/authoring/decisive.ts';
import type { StandingDefinition } from '../lib/rules/config.ts';
import { namesOf } from '../lib/standing/definition-id.ts';

/** One thing that new rules have other than the former ones. */
export interface RulesChange {
  readonly what: 'rule' | 'standing label' | 'table' | 'source' | 'setting' | 'order';
  /** The rule's, the label's; of tiers all, of a setting its key in rules.yml, of an order what is in it. */
  readonly name: string;
  readonly change: 'added' | 'removed' | 'changed';
}

/** What is other in the new rules; nothing exactly where both decide the same. */
export function changesBetween(before: ProjectRules, after: ProjectRules): readonly RulesChange[] {
  const [was, is] = [before, after].map(partsOf) as [Parts, Parts];
  return WHATS.flatMap((what) => {
    const [old, now] = [was[what], is[what]];
    const common = [...old.keys()].filter((name) => now.has(name));
    const changed = common.filter((name) => old.get(name) !== now.get(name));
    const added = [...now.keys()].filter((name) => !old.has(name));
    const removed = [...old.keys()].filter((name) => !now.has(name));
    const stayed = [...now.keys()].filter((name) => old.has(name));
    const isMoved = stayed.some((name, at) => name !== common[at]);
    return [
      ...added.map((name) => ({ what, name, change: 'added' }) as const),
      ...removed.map((name) => ({ what, name, change: 'removed' }) as const),
      ...changed.map((name) => ({ what, name, change: 'changed' }) as const),
      ...(isMoved ? [{ what: 'order', name: `${what}s`, change: 'changed' } as const] : []),
    ];
  });
}

const WHATS = ['rule', 'standing label', 'table', 'source', 'setting'] as const;

/** What stands under each name, as JSON, in the order of the file where that counts. */
type Parts = Readonly<Record<(typeof WHATS)[number], ReadonlyMap<string, string>>>;

function partsOf({ config, ownSources }: ProjectRules): Parts {
  const { rules, labels, tables, missing, computedLabels } = decisive(config);
  const map = (entries: readonly (readonly [string, unknown])[]) =>
    new Map(entries.map(([name, value]) => [name, `${JSON.stringify(value)}`]));
  const names = namesOfLabels(config.labels ?? []);
  return {
    rule: map(rules.map((rule) => [rule.name, rule])),
    'standing label': map(labels.map((label, at) => [names[at] ?? '', label])),
    table: map(tables),
    source: map(ownSources.map((source) => [source.name, source])),
    setting: map([
      ['contacts.missing', missing],
      ['limits.computedLabels', computedLabels],
    ]),
  };
}

/** Those that compute their names have a number. */
function namesOfLabels(labels: readonly StandingDefinition[]): readonly string[] {
  const computed = labels.filter((label) => 'each' in label);
  return labels.map((label) =>
    'each' in label ? `each, number ${computed.indexOf(label) + 1}` : namesOf(label).join(', '),
  );
}

/** More lines nobody reads on a screen. */
const MOST_LINES = 12;

/** A line for each change, and at most thirteen: `rule added: "spring sale"`. */
export function renderChanges(changes: readonly RulesChange[]): readonly string[] {
  const lines = changes.map(({ what, name, change }) => {
    if (what === 'order') return `the ${name} stand in another order`;
    const written = name.length > 60 ? `${name.slice(0, 59)}…` : name;
    return `${what} ${change}: ${what === 'rule' ? JSON.stringify(written) : written}`;
  });
  const more = lines.length - MOST_LINES;
  return more > 1 ? [...lines.slice(0, MOST_LINES), `and ${more} more`] : lines;
}
