import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Document, isScalar, parseDocument, Scalar } from 'yaml';
import { type CustomerEvent, EVENT_TYPES } from '../../lib/events/event.ts';
import { visibleName } from '../../lib/events/invisible.ts';
import { checkExpression } from '../../lib/rules/authoring/check-expression.ts';
import { FileError, loadRules } from '../../lib/rules/authoring/load.ts';
import type { RulesConfig } from '../../lib/rules/config.ts';
import { MAX_NAMES } from '../../lib/rules/config.ts';
import { labelName, MAX_LABEL_NAME } from '../../lib/rules/label-name.ts';
import { compileRules, matchRules } from '../../lib/rules/match.ts';
import { offsetInScalar } from '../../lib/yaml/yaml-file.ts';
import { anyText, customerEvent } from '../support/arbitraries.ts';
import { paidOrder } from '../support/events.ts';
import { condition, LISTS, rulesConfig, TEXTS } from './arbitraries.ts';

const events = fc.array(customerEvent, { minLength: 1, maxLength: 3 });

describe('matchRules', () => {
  test('every expression of the grammar passes the check', () => {
    for (const cel of [...TEXTS, ...LISTS]) expect(checkExpression(cel, 'labels')).toBeUndefined();
    fc.assert(
      fc.property(condition, (cel) => {
        expect(checkExpression(cel, 'condition')).toBeUndefined();
      }),
    );
  });

  test('never throws, and gives names that can be labels, never in both lists', () => {
    fc.assert(
      fc.property(rulesConfig, events, (config, delivery) => {
        const result = matchRules(compileRules(config), delivery);
        const all = [...result.add, ...result.remove];

        expect(new Set(all).size).toBe(all.length);
        expect(all.length).toBeLessThanOrEqual(MAX_NAMES);
        for (const name of all) {
          expect(name).not.toBe('');
          expect(labelName(name)).toBe(name);
        }
        const fileOrder = config.rules.map((rule) => rule.name);
        expect(result.rules).toEqual(fileOrder.filter((name) => result.rules.includes(name)));
        expect(result.missing).toBe(config.missing);
      }),
    );
  });

  test('reports as reversible whatever name any other delivery may undo', () => {
    // Tags that are the names of fixed lists too, so that fixed and computed names meet.
    const tagged = fc.array(
      fc
        .tuple(customerEvent, fc.subarray(['A', 'B', 'C', 'D']))
        .map(([event, tags]) => ({ ...event, tags })),
      { minLength: 1, maxLength: 3 },
    );
    const names = { labels: ['A'] };
    const undoing: RulesConfig = {
      missing: 'wait',
      rules: [
        { name: 'adds', on: ['order.paid'], add: names },
        { name: 'removes', on: ['order.canceled'], remove: names },
      ],
    };
    let undone = 0;
    fc.assert(
      fc.property(rulesConfig, tagged, tagged, (config, one, other) => {
        const compiled = compileRules(config);
        const [first, second] = [matchRules(compiled, one), matchRules(compiled, other)];

        for (const name of first.add.filter((added) => second.remove.includes(added))) {
          undone++;
          expect(first.reversible).toContain(name);
          expect(second.reversible).toContain(name);
        }
        expect([...first.add, ...first.remove]).toEqual(expect.arrayContaining(first.reversible));
      }),
      {
        numRuns: 1000,
        examples: [[undoing, [paidOrder()], [paidOrder({ type: 'order.canceled' })]]],
      },
    );
    expect(undone).toBeGreaterThan(0);
  });

  test('puts into no reason what an event holds', () => {
    const marked = customerEvent.map((event) => markTexts(event, 'Zaphod'));
    let failures = 0;
    fc.assert(
      fc.property(rulesConfig, marked, (config, event) => {
        const result = matchRules(compileRules(config), [event]);
        failures += result.failures.length;

        expect(JSON.stringify(result.failures)).not.toContain('Zaphod');
      }),
    );
    expect(failures).toBeGreaterThan(0);
  });

  test('for each label the last rule that names it wins', () => {
    const fixed = fc.array(fc.constantFrom<string>('A', 'B', 'C'), { maxLength: 3 });
    const rules = fc.array(
      fc.record({ on: fc.subarray([...EVENT_TYPES]), add: fixed, remove: fixed }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(rules, customerEvent, (plain, event) => {
        const config: RulesConfig = {
          missing: 'wait',
          rules: plain.map(({ on, add, remove }, i) => ({
            name: `rule ${i}`,
            on,
            add: { labels: add },
            remove: { labels: remove },
          })),
        };

        const { add, remove } = matchRules(compileRules(config), [event]);

        for (const label of ['A', 'B', 'C']) {
          const last = plain.findLast(
            (rule) =>
              rule.on.includes(event.type) &&
              (event.type !== 'custom' || ['custom', 'standard-webhooks'].includes(event.source)) &&
              [...rule.add, ...rule.remove].includes(label),
          );
          expect(add.includes(label)).toBe(last?.add.includes(label) ?? false);
          expect(remove.includes(label)).toBe(last !== undefined && !last.add.includes(label));
        }
      }),
    );
  });
});

describe('labelName', () => {
  const long = fc
    .array(
      fc.oneof(anyText, fc.constantFrom('👨‍👩‍👧‍👦', 'e\u0301', '🇩🇪', 'ก็', 'می\u200c', '\u202e')),
      {
        minLength: 40,
        maxLength: 80,
      },
    )
    .map((parts) => parts.join(''));
  const text = fc.oneof(anyText, long);

  test('is idempotent, well-formed, NFC, at most 180 units, with no blanks to see', () => {
    fc.assert(
      fc.property(text, (given) => {
        const name = labelName(given);

        expect(labelName(name)).toBe(name);
        expect(name.isWellFormed()).toBe(true);
        expect(name.normalize('NFC')).toBe(name);
        expect(name.length).toBeLessThanOrEqual(MAX_LABEL_NAME);
        expect(name).not.toMatch(/^\s|\s$|\s\s|[^\S ]|\p{Cc}/u);
      }),
    );
  });

  test('is what making the whole text regular gives', () => {
    const gap = fc.constantFrom(
      '',
      ' ',
      '\u200b',
      '\u0000 \u00ad',
      '\ufe0f',
      '\u200d',
      '\u{e0063}',
    );
    const gapped = fc
      .array(fc.tuple(anyText, gap, fc.nat(12)), { minLength: 1, maxLength: 400 })
      .map((parts) => parts.map(([part, one, times]) => part + one.repeat(times)).join(''));
    let long = 0;
    fc.assert(
      fc.property(fc.oneof(gapped, text), fc.nat(600), (given, times) => {
        const repeated = given.repeat(times % 7 === 0 ? times : 1).slice(0, 40_000);
        if (repeated.length > 4_096) long++;
        let whole = visibleName(repeated.toWellFormed())
          .replace(/[\s\p{Cc}]+/gu, ' ')
          .trim();
        for (let i = 0; i < 5; i++)
          whole = visibleName(whole.normalize('NFC'))
            .replace(/[\s\p{Cc}]+/gu, ' ')
            .trim();

        const name = labelName(repeated);

        if (whole.length <= MAX_LABEL_NAME) expect(name).toBe(whole);
        else expect(whole.startsWith(name.slice(0, -1))).toBe(true);
      }),
      { examples: [['Joan of Arc\u200b ', 497]] },
    );
    expect(long).toBeGreaterThan(0);
  });

  test('is cut between graphemes', () => {
    const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
    let cuts = 0;
    fc.assert(
      fc.property(long, (given) => {
        const whole = visibleName(given.toWellFormed())
          .normalize('NFC')
          .replace(/[\s\p{Cc}]+/gu, ' ')
          .trim();
        if (whole.length <= MAX_LABEL_NAME) return;
        cuts++;
        const kept = labelName(given).slice(0, -1);

        expect(whole.startsWith(kept)).toBe(true);
        // A joiner that has lost what it joined goes out with it.
        const end = kept.length + (whole[kept.length] === '\u200c' ? 1 : 0);
        expect([...segmenter.segment(whole)].map(({ index }) => index)).toContain(end);
      }),
    );
    expect(cuts).toBeGreaterThan(0);
  });
});

describe('offsetInScalar', () => {
  const styles = [
    Scalar.PLAIN,
    Scalar.QUOTE_SINGLE,
    Scalar.QUOTE_DOUBLE,
    Scalar.BLOCK_LITERAL,
    Scalar.BLOCK_FOLDED,
  ] as const;
  // No character twice, so that finding an equal one is finding it.
  const cel = fc
    .shuffledSubarray([...'abcdefgh.(&|é😀', ' ', ' ', ' ', '\n', '\n'], { minLength: 1 })
    .map((characters) => characters.join(''));

  test('finds each character of a value in the file, in every style', () => {
    let exact = 0;
    fc.assert(
      fc.property(cel, fc.constantFrom(...styles), fc.nat(), (value, style, at) => {
        const scalar = new Scalar(value);
        scalar.type = style;
        const yaml = String(new Document({ rules: [{ when: scalar }] }));
        const node = parseDocument(yaml).getIn(['rules', 0, 'when'], true);
        // yaml does not write every value in every style.
        fc.pre(isScalar(node) && node.value === value);
        const offset = at % value.length;
        if (/\s/.test(value.charAt(offset))) return;

        const found = offsetInScalar(yaml, node, value, offset);

        if (found === node.range?.[0]) return; // Escapes: no more than the start is promised.
        exact++;
        expect(yaml[found]).toBe(value[offset]);
      }),
      { numRuns: 500 },
    );
    expect(exact).toBeGreaterThan(100);
  });
});

describe('loadRules', () => {
  const file = `contacts: { missing: create }
rules:
  - name: a
    on: [order.paid, custom]
    sources: shopify
    when: |
      has(event.order) && event.order.total >= 200.0
    add: event.order.items.map(i, "Bought " + i.title)
    remove: [New, "Cold lead"]
`;

  test('gives rules that compile or FileError pointing into the file, for any slip of the pen', () => {
    const slips = fc.array(
      fc.record({
        at: fc.nat(file.length),
        cut: fc.nat(8),
        put: fc.oneof(
          fc.constant(''),
          fc.string({ maxLength: 4 }),
          fc.constantFrom('\n', '  ', '- ', ': ', '"', '&x ', '*x', '!'),
        ),
      }),
      { minLength: 1, maxLength: 3 },
    );
    fc.assert(
      fc.property(slips, (edits) => {
        const text = edits.reduce(
          (t, { at, cut, put }) => t.slice(0, at) + put + t.slice(at + cut),
          file,
        );
        const lines = text.split('\n');
        try {
          compileRules(loadRules(text, 'rules.yml'));
        } catch (error) {
          if (!(error instanceof FileError)) throw error;
          expect(error.problems.length).toBeGreaterThan(0);
          for (const { line, column, message } of error.problems) {
            expect(message).not.toBe('');
            expect(column).toBeGreaterThanOrEqual(1);
            expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? -1) + 1);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  test('refuses any other data with FileError', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(() => loadRules(JSON.stringify({ rules: [value] }), 'rules.yml')).toThrow(FileError);
      }),
    );
  });
});

/** The event with a marker in every text of the customer's. */
function markTexts(event: CustomerEvent, marker: string): CustomerEvent {
  const marked = (text: string | undefined) => `${marker}${text ?? ''}`;
  return {
    ...event,
    topic: marked(event.topic),
    contact: {
      email: marked('@x.test'),
      phone: marked('1'),
      lastName: marked(event.contact.lastName),
    },
    tags: event.tags.map(marked),
    data: { plan: marked('gold'), [marked('key')]: marked('value') },
  };
}
