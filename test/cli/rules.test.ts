import { readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SHOP, SHOP_RULES } from '../../samples/shop.ts';
import { STANDING_RULES } from '../../samples/standing.ts';
import { earmark, earmarkHere, startEarmark } from '../support/earmark.ts';

const ROOT = new URL('../../', import.meta.url);
const POLAR = readFileSync(new URL('sources/polar.yml', ROOT));
const TABLE = `What an event can cost at most, where every rule that listens to it matches:`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'earmark-rules-'));
});
afterAll(() => rm(folder, { recursive: true }));

const put = (name: string, text: string) => writeFile(join(folder, name), text);

/** Runs `earmark rules …` in a folder. */
const rules = (args: readonly string[], cwd = folder) => earmarkHere(['rules', ...args], { cwd });

describe('rules check', () => {
  test('of rules that compile shows what an event can cost, and ends well', async () => {
    const { code, out, err } = await earmark(['rules', 'check']);

    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(
      /^rules\.yml: 3 rules compiled, 0 warnings, 1 note\nrules\.yml:17:14: note: /,
    );
    expect(out).toContain('\n      while: history.orders.exists(order, order.paid)\n');
    expect(out).toContain(`\n${TABLE}\n`);
    expect(out).toMatch(/^order\.paid +2 +2 +4 +2 +1$/m);
    expect(out).toMatch(/^order\.refunded +1 +1 +3 +2 +1$/m);
  });

  test('of rules that do not compile reports all places, and ends with 1', async () => {
    await put('broken.yml', 'rules:\n  - { name: a, on: order.payed, add: [A] }\n  - name: b\n');

    const { code, out, err } = await rules(['check', 'broken.yml']);
    const json = await rules(['check', 'broken.yml', '--json']);

    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(
      /^broken\.yml:2:20: rule "a": `order\.payed` is none of .*\nbroken\.yml:3:5: rule "b": /,
    );
    expect(json).toMatchObject({ code: 1, err: '' });
    expect(JSON.parse(json.out)).toMatchObject({
      file: 'broken.yml',
      errors: [
        { line: 2, column: 20, rule: 'a' },
        { line: 3, rule: 'b', message: expect.stringContaining('does nothing') },
        { line: 3, rule: 'b', message: expect.stringContaining('listens to nothing') },
      ],
    });
  });

  test('warns of files that are no sources, for the start refuses them', async () => {
    const own = join(folder, 'own');
    await mkdir(join(own, 'my-sources'), { recursive: true });
    await writeFile(join(own, 'rules.yml'), await readFile(SHOP_RULES));
    for (const name of ['Acme.yml', 'shopify.yml', 'two.yaml']) {
      await writeFile(join(own, 'my-sources', name), POLAR);
    }

    const { code, out } = await rules(['check'], own);

    expect(code).toBe(0);
    expect(out).toContain('3 warnings');
    expect(out).toMatch(/Acme\.yml:\d+:1: warning: "Acme" is no name of a source/);
    expect(out).toMatch(/shopify\.yml:\d+:1: warning: shopify is a source in code/);
    expect(out).toMatch(/two\.yaml:\d+:1: warning: the name of a source's file ends in \.yml/);
  });

  test('warns, and with --strict a warning fails it', async () => {
    await put('twins.yml', 'rules:\n  - { name: a, on: order.paid, add: [VIP, Vip] }\n');

    const loose = await rules(['check', 'twins.yml']);
    const strict = await rules(['check', 'twins.yml', '--strict', '--json']);

    expect([loose.code, strict.code]).toEqual([0, 1]);
    expect(loose.out).toContain('\ntwins.yml:2:43: warning: rule "a": "Vip" and "VIP" further up');
    expect(JSON.parse(strict.out)).toMatchObject({
      rules: 1,
      errors: [],
      remarks: [{ kind: 'warning', rule: 'a', line: 2, column: 43 }],
      costs: [{ type: 'order.paid', labels: { add: 2 }, calls: { first: 4, next: 2, again: 0 } }],
    });
  });

  test('a note is no warning', async () => {
    await put(
      'bought.yml',
      `limits: { computedLabels: 7 }
rules:
  - { name: a, on: order.paid, add: 'event.order.items.map(i, "Bought " + i.title)' }
`,
    );

    const { code, out } = await rules(['check', 'bought.yml', '--strict']);

    expect(code).toBe(0);
    expect(out).toContain('1 rule compiled, 0 warnings, 1 note\n');
    expect(out).toMatch(/^order\.paid +1 +a list +3\+ +2 +0$/m);
    expect(out).toContain('expressions give one event 7 names at most');
  });

  test('of standing labels shows what keeping them true costs', async () => {
    const { code, out } = await rules(['check', STANDING_RULES]);
    const json = await rules(['check', STANDING_RULES, '--json']);

    expect(code).toBe(0);
    expect(out).toContain(': 3 rules and 10 standing labels compiled, 0 warnings, 1 note\n');
    expect(out).toMatch(/^Review us +30d +7 d +3$/m);
    expect(out).toMatch(/^Gold, Silver +0$/m);
    expect(out).toMatch(
      /^of all labels together 5, and 1 more when the event is 5 years old\. With 4$/m,
    );
    const { rules: count, labels, standing } = JSON.parse(json.out);
    expect({ count, labels }).toEqual({ count: 3, labels: 10 });
    expect(standing).toMatchObject({
      definitions: expect.arrayContaining([{ labels: ['VIP'], windows: ['365d'], reviews: 1 }]),
      event: { reviews: 6 },
    });
  });

  test('of a file without rules shows no events', async () => {
    await put('alone.yml', 'labels: [{ label: A, while: history.orders.size() > 1 }]');

    const { out } = await rules(['check', 'alone.yml']);

    expect(out).toMatch(
      /^alone\.yml: 1 standing label compiled, 0 warnings, 0 notes\n\nWhat it costs/,
    );
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(81);
  });

  test('without the file it says so', async () => {
    const { code, err } = await rules(['check']);

    expect(code).toBe(2);
    expect(err).toBe(
      'There is no file rules.yml. Run this in the folder of the project, or name it.\n',
    );
  });
});

describe('rules test, of a payload', () => {
  const RULES = ['--rules', SHOP_RULES];

  /** What a page shows is of one day, and of the first rules that it shows; else of those of the tests. */
  const anyDay = (text: string): string => text.replaceAll(/\d{4}-\d\d-\d\d/g, 'YYYY-MM-DD');
  const folderOf = async (text: string): Promise<string> => {
    const [, shown] = /^```yaml\n(labels:\n.*?)^```/ms.exec(text) ?? [];
    if (shown === undefined) return SHOP;
    const project = join(folder, 'as-shown');
    await cp(SHOP, project, { recursive: true });
    await writeFile(join(project, 'rules.yml'), shown);
    return project;
  };

  // The block is in the README for people; what the command prints must be what it shows. `rules try` shows deliveries
  // that an engine has kept.
  test.each(['README.md', 'docs/commands.md'])('prints what %s shows', async (page) => {
    const text = await readFile(new URL(page, ROOT), 'utf8');
    const project = await folderOf(text);
    const blocks = [
      ...text.matchAll(/^```\w*\n\$ \.\/earmark (rules (?:check|test)\b[^\n]*)\n(.*?)^```/gms),
    ];
    for (const [, line = '', shown = ''] of blocks) {
      const { out } = await rules(line.split(' ').slice(1), project);
      expect(anyDay(out)).toBe(anyDay(shown));
    }
    expect(blocks.filter(([, line]) => line?.startsWith('rules test ')).length).toBeGreaterThan(0);
  });

  test('from the standard input, as JSON', async () => {
    const body = '{"event":"order.paid","email":"a@example.com","total":49,"currency":"USD"}';

    const args = ['test', '-', '--source', 'custom', '--json', ...RULES];
    const { child, finished } = startEarmark(['rules', ...args], { cwd: folder });
    child.stdin?.end(body);
    const { code, out } = await finished;

    const { payloads } = JSON.parse(out);
    expect(code).toBe(0);
    expect(payloads).toEqual([
      expect.objectContaining({
        file: 'standard input',
        kind: 'events',
        types: ['order.paid'],
        add: ['Customer'],
        remove: [],
        namesNobody: false,
      }),
    ]);
    expect(payloads[0].event).toMatchObject({ source: 'custom', order: { total: 49 } });
    expect(payloads[0].rules[1]).toEqual({
      rule: 'big spenders',
      matched: false,
      add: [],
      remove: [],
      why: 'event.order.total >= 200.0 is false: event.order.total is 49',
    });
  });

  test('shows what it leaves in the history, and the standing labels of that alone', async () => {
    const body = {
      event: 'order.paid',
      order_id: '7',
      email: 'kim@example.com',
      total: 300,
      currency: 'EUR',
    };
    await put('paid.json', JSON.stringify(body));
    await put(
      'form.json',
      '{"event":"form.submitted","form_name":"Other","email":"kim@example.com"}',
    );
    await put('odd.json', '{"event":"order.paid","order_id":"8","email":"kim@example.com"}');
    const test = (file: string, ...more: string[]) =>
      rules(['test', file, '--source', 'custom', '--rules', STANDING_RULES, ...more]);

    const paid = await test('paid.json');
    const [form, odd] = [await test('form.json'), await test('odd.json')];
    const json = await test('paid.json', '--json');

    expect(paid.out).toMatch(
      /^labels {8}\+Big order\nfacts {9}order 7 of custom \(300\.00 EUR, paid \S+\)\nstanding {6}Customer, Silver, on somebody without a history\n/m,
    );
    expect(form.out).toMatch(
      /^facts {9}form "Other" of custom \(.*\)\nstanding {6}none, on somebody/m,
    );
    expect(odd.out).toMatch(/^ {14}VIP stays as it is: .*an order of custom has no /m);
    const [{ facts, standing }] = JSON.parse(json.out).payloads;
    expect(facts).toEqual([
      expect.objectContaining({ kind: 'order', id: '7', type: 'order.paid' }),
    ]);
    expect(standing).toEqual({ labels: ['Customer', 'Silver'], undecided: [] });
  });

  test('with its topic, and with a header', async () => {
    await put(
      'order.json',
      '{"id":1,"email":"a@example.com","financial_status":"paid","total_price":"300.00"}',
    );
    const payload = ['test', 'order.json', '--source', 'shopify', ...RULES];

    const named = await rules([...payload, '--topic', 'orders/create']);
    const header = await rules([...payload, '--header', 'X-Shopify-Topic=orders/create']);
    const guessed = await rules(payload);

    expect(named.out).toMatch(/^event +order\.created from shopify \(orders\/create\)$/m);
    expect(header.out).toBe(named.out);
    expect(guessed.out).toMatch(
      /^\(the topic orders\/paid is guessed .*\)\nevent +order\.paid from/,
    );
    expect(guessed.out).toMatch(
      /^fail +big spenders +when: `event\.order\.currency` is missing from this event$/m,
    );
    expect(guessed.out).toMatch(
      /^labels .*; a rule fails, so there is a dead letter rule-failed$/m,
    );
    expect([named.code, guessed.code]).toEqual([0, 1]);
  });

  test('that nobody can read ends with 1', async () => {
    await put('not.json', '{');

    const { code, out } = await rules(['test', 'not.json', '--source', 'stripe', ...RULES]);

    expect(code).toBe(1);
    expect(out).toBe('unreadable: it is JSON that ends too early, at line 1, column 2\n');
  });

  test('whose source is not named is a wrong command line, which is asked for it', async () => {
    const { code, err } = await rules(['test', 'order.json', ...RULES]);

    expect(code).toBe(2);
    expect(err).toMatch(
      /^order\.json: Which source sends it\? Say --source NAME.* There are shopify, /,
    );
  });

  test('that is the rules themselves is a wrong command line', async () => {
    await put('rules.yml', 'rules: []');

    const { code, err } = await rules(['test', 'rules.yml', '--source', 'shopify', ...RULES]);

    expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(/^rules\.yml is YAML, /) });
  });

  test.each([
    [['nowhere.json'], 'There is no file or folder nowhere.json.\n'],
    [
      ['x.json', '--source', 'shopfy'],
      /no source "shopfy". Did you mean `shopify`\? There are shopify, /,
    ],
    [['x.json', '--header', 'a'], /Write it as name=value\./],
  ])('%j is a wrong command line', async (args, problem) => {
    const { code, err } = await rules(['test', ...args, ...RULES]);

    expect(code).toBe(2);
    expect(err).toMatch(problem);
  });

  test('a folder gives the coverage', async () => {
    const one = await rules(['test', 'docs/payloads'], SHOP);
    const json = await rules(['test', 'docs/payloads', '--json'], SHOP);

    expect(one).toMatchObject({ code: 0, err: '' });
    expect(one.out).toMatch(/^4 payloads\n\nrule +matched\ncustomers +2\nbig spenders +1\n/);
    expect(one.out).toMatch(
      /Matched nothing:\n {2}docs\/payloads\/custom\/newsletter\.json: form\.submitted\n$/,
    );
    expect(JSON.parse(json.out).coverage.rules).toContainEqual({ rule: 'refunds', payloads: 1 });
  });

  test('of several, a rule that never matches and a payload that is bad are reported', async () => {
    await put('void.txt', '{');
    await put('nobody.json', '{"event":"order.paid","total":1,"currency":"USD"}');
    const files = ['void.txt', 'nobody.json', '--source', 'custom'];

    const { code, out } = await rules(['test', ...files, ...RULES]);

    expect(code).toBe(1);
    expect(out).toMatch(/^refunds +never$/m);
    expect(out).toMatch(
      /Would become dead letters:\n {2}void\.txt: unreadable: it is JSON .*\n {2}nobody\.json: names nobody\n$/,
    );
  });
});

describe('rules test, of the tests beside the rules', () => {
  test('all that pass are counted', async () => {
    const { code, out, err } = await earmark(['rules', 'test']);

    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^ok {4}a small order makes a customer\n/);
    expect(out).toMatch(/\n5 tests, all passed\n$/);
  });

  test('one that fails says what it expected, what it got and why, and ends with 1', async () => {
    await put('own.yml', await readFile(SHOP_RULES, 'utf8'));
    await put(
      'own.test.yml',
      `tests:
  - name: a big order
    source: custom
    body: { event: order.paid, email: a@example.com, total: 20, currency: USD }
    expect: { add: [Customer, VIP] }
`,
    );

    const { code, out } = await rules(['test', '--rules', 'own.yml']);
    const json = await rules(['test', '--rules', 'own.yml', '--json']);

    expect(code).toBe(1);
    expect(out).toBe(`FAIL  a big order (own.test.yml:2)
      expected  +Customer, +VIP
      got       +Customer
      +VIP is missing: "big spenders": no, event.order.total >= 200.0 is false: event.order.total is 20
1 test, 1 failed
`);
    expect(json.code).toBe(1);
    expect(JSON.parse(json.out)).toMatchObject({
      file: 'own.test.yml',
      passed: 0,
      failed: 1,
      tests: [{ name: 'a big order', line: 2, passed: false, got: { add: ['Customer'] } }],
    });
  });

  test('mistakes in them are reported with their places', async () => {
    await put('own.test.yml', 'tests:\n  - name: a\n    sauce: custom\n');

    const { code, err } = await rules(['test', '--rules', 'own.yml']);

    expect(code).toBe(1);
    expect(err).toContain('own.test.yml:3:5: unknown key `sauce`. Did you mean `source`?\n');
  });

  test('without any it says how to begin', async () => {
    await put('bare.yml', 'rules: [{ name: a, on: custom, add: [A] }]');

    const { code, err } = await rules(['test', '--rules', 'bare.yml']);

    expect(code).toBe(2);
    expect(err).toMatch(
      /^There is no file bare\.test\.yml\. Write one .*, or name a payload: \.\/earmark/,
    );
  });
});

test('help has examples that are commands', async () => {
  const { code, out } = await rules(['test', '--help']);

  expect(code).toBe(0);
  expect(out).toContain('./earmark rules test order.json --source shopify --topic orders/paid');
});
