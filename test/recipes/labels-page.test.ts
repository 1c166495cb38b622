import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { DEFAULT_TEXTS, FIELDS, MAY_LACK } from '../../lib/standing/fields.ts';
import { failuresOf, read, sectionsOf } from './recipe.ts';

describe('docs/labels.md', () => {
  const examples = sectionsOf('docs/labels.md', '###');

  test('has ten examples, each with labels and a story', () => {
    expect(examples).toHaveLength(10);
    expect(examples.filter(([, yaml]) => !/^labels:.*^tests:/ms.test(yaml))).toEqual([]);
  });

  test.each(examples)('%s', async (title, yaml) => {
    expect(await failuresOf(parse(yaml), title)).toEqual([]);
  });

  const rows = [...read('docs/labels.md').matchAll(/^\| `(history\.\S+)` \| (.+?) \| (.+?) \|$/gm)];

  test('has every field with its type, and what becomes of it when absent', () => {
    const documented = rows.map(([, field = '', type = '', absent = '']) => {
      const plain = type.replaceAll('&lt;', '<').replaceAll('&gt;', '>');
      return `${field}: ${plain}: ${absent}`;
    });
    expect(documented.sort()).toEqual(fieldPaths('history', 'History').sort());
  });
});

type Name = keyof typeof FIELDS;
const isOf = (table: Partial<Record<string, readonly string[]>>, type: Name, field: string) =>
  table[type]?.includes(field) === true;

/** `history.orders: list<Order>: never` for every field, as the page writes types. */
function fieldPaths(path: string, type: Name): string[] {
  return Object.entries(FIELDS[type]).flatMap(([name, written]) => {
    const shown = written.replace('google.protobuf.Timestamp', 'timestamp').replace('History', '');
    const absent = isOf(DEFAULT_TEXTS, type, name)
      ? '`""`'
      : isOf(MAY_LACK, type, name)
        ? 'fails'
        : 'never';
    const element = /^list<(History\w+)>$/.exec(written)?.[1];
    // The items of one order have the fields of `history.items`.
    const isShown = element !== undefined && path === 'history';
    const under = isShown ? fieldPaths(`${path}.${name}[]`, element as Name) : [];
    return [`${path}.${name}: ${shown}: ${absent}`, ...under];
  });
}
