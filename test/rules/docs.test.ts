import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { CustomerEvent } from '../../lib/events/event.ts';
import { CODE_SOURCES, EVENT_TYPES } from '../../lib/events/event.ts';
import { loadRules } from '../../lib/rules/authoring/load.ts';
import { FIELDS } from '../../lib/rules/environment.ts';
import { compileRules, matchRules } from '../../lib/rules/match.ts';
import { FULL_EVENTS } from './full-events.ts';

const root = new URL('../../', import.meta.url);
const reference = readFileSync(new URL('docs/rules.md', root), 'utf8');

describe('rules in the documentation', () => {
  const pages = ['', 'docs/'].flatMap((folder) =>
    readdirSync(new URL(folder, root))
      // These have payloads of their own: test/recipes.
      .filter((name) => name.endsWith('.md') && !['recipes.md', 'labels.md'].includes(name))
      .map((name) => folder + name),
  );
  const examples = pages.flatMap((page) =>
    [...readFileSync(new URL(page, root), 'utf8').matchAll(/^```yaml\n(.*?)^```/gms)]
      .map(([, yaml = '']) => yaml)
      .filter((yaml) => page === 'docs/rules.md' || /^rules:/m.test(yaml))
      .map((yaml, i) => [page, i + 1, yaml] as const),
  );

  test('are found', () => {
    expect(examples.filter(([page]) => page === 'docs/rules.md').length).toBeGreaterThan(5);
  });

  test.each(examples)('%s, example %i: no rule fails on what the sources send', (page, _, yaml) => {
    const compiled = compileRules(loadRules(yaml, page));

    const failures = FULL_EVENTS.flatMap((event) =>
      matchRules(compiled, [event]).failures.map((failure) => [event.topic, failure]),
    );

    expect(failures).toEqual([]);
  });

  test.each(examples)('%s, example %i: every rule holds for some event', (page, _, yaml) => {
    const config = loadRules(yaml, page);
    const compiled = compileRules(config);

    const held = new Set(FULL_EVENTS.flatMap((event) => matchRules(compiled, [event]).rules));

    expect([...held].sort()).toEqual(config.rules.map(({ name }) => name).sort());
  });
});

describe('the reference', () => {
  test.each([...EVENT_TYPES, ...CODE_SOURCES])('names %s', (word) => {
    expect(reference).toContain(`\`${word}\``);
  });

  const rows = [...reference.matchAll(/^\| `(event\.\S+)` \| (.+?) \| (.+?) \|$/gm)].map(
    ([, field = '', type = '', absent = '']) => ({
      field,
      type: type.replaceAll('&lt;', '<').replaceAll('&gt;', '>'),
      absent,
    }),
  );

  test('has every field with its type', () => {
    const documented = rows.map(({ field, type }) => `${field}: ${type}`);

    expect(documented.sort()).toEqual(fieldPaths('event', 'Event').sort());
  });

  // The least that the type of an event allows, with and without the parts it may lack.
  const bare: CustomerEvent = {
    source: 'custom',
    id: '1',
    type: 'custom',
    topic: 'custom',
    occurredAt: '2026-11-21T10:00:00Z',
    test: false,
    contact: {},
    tags: [],
    data: {},
  };
  const least: CustomerEvent = {
    ...bare,
    order: { id: '1', items: [{}], refundedItems: [{}], tags: [] },
    subscription: { id: '1' },
    form: { fields: {} },
  };

  test.each(rows)('says what becomes of $field when absent: $absent', ({ field, absent }) => {
    const path = field.replace('[]', '[0]');
    const when = absent === '`""`' ? `${path} == ""` : `dyn(${path}) == dyn(${path})`;
    const yaml = `rules:\n  - { name: r, on: custom, add: [X], when: '${when}' }`;
    const event = path.split('.').length === 2 ? bare : least;

    const { failures } = matchRules(compileRules(loadRules(yaml, 'rules.yml')), [event]);

    expect(failures.map(({ reason }) => reason)).toEqual(
      absent === 'fails' ? [`when: \`${path}\` is missing from this event`] : [],
    );
  });
});

/** `event.order.total: double` for every field that can be reached from a type. */
function fieldPaths(path: string, typeName: keyof typeof FIELDS): string[] {
  return Object.entries(FIELDS[typeName]).flatMap(([name, type]) => {
    const field = `${path}.${name}`;
    const shown = type.replace('google.protobuf.Timestamp', 'timestamp');
    const element = /^list<(.*)>$/.exec(type)?.[1];
    const inner = element ?? type;
    if (!Object.hasOwn(FIELDS, inner)) return [`${field}: ${shown}`];
    const under = fieldPaths(element ? `${field}[]` : field, inner as keyof typeof FIELDS);
    return [`${field}: ${shown}`, ...under];
  });
}
