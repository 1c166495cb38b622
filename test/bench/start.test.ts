import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { checkLabelled, checkQueued, createCustomers } from '../../bench/events.ts';
import { startPeers } from '../../bench/peers.ts';
import { runCold } from '../../bench/process/cold.ts';
import {
  BUILDS,
  judge,
  judgeDescribed,
  measureStart,
  playRound,
  type StartResult,
} from '../../bench/start/measure.ts';
import { withOrdinaryZod } from '../../bench/start/textbook.ts';
import type { WixSimulator } from '../../simulators/wix/simulator.ts';

type Milliseconds = readonly [loaded: number, after?: number];

/** Rounds in which each program loads in so many milliseconds, and answers in so many more. */
const starts = (
  empty: Milliseconds,
  textbook: Milliseconds,
  earmark: Milliseconds,
  six: Milliseconds = earmark,
) =>
  [-1, 0, 1].map((by) => {
    const at = (ms: number) => ({ ms: ms + by, cpuMs: 0, memoryMib: 0 });
    const start = ([loaded, after = 0]: Milliseconds) => ({
      loaded: at(loaded),
      first: at(loaded + after),
    });
    return {
      empty: start(empty),
      textbook: start(textbook),
      earmark: start(earmark),
      six: start(six),
    };
  });

describe('the verdict', () => {
  test('is about what is added to the empty handler, for the start-up and for the first answer', () => {
    const rows = judge('receive', starts([20], [120, 100], [60, 62]));
    expect(rows).toMatchObject([
      {
        measure: 'start-up',
        emptyMs: 20,
        textbookMs: 120,
        earmarkMs: 60,
        ratio: 0.4,
        passed: true,
      },
      { measure: 'first answer', textbookMs: 220, earmarkMs: 122, ratio: 0.51, passed: false },
    ]);
  });

  test.each([
    ['receive', 65, [true, true]],
    ['receive', 65.1, [false, true]],
    ['receive', 70, [false, true]],
    ['receive', 70.1, [false, false]],
    ['label', 80, [true, true]],
    ['label', 80.1, [false, false]],
  ] as const)('%s at %d ms of 120, 20 of them the empty handler: %j', (name, earmarkMs, passed) => {
    const rounds = starts([20], [120], [earmarkMs]);
    expect(judge(name, rounds).map((row) => row.passed)).toEqual(passed);
  });

  test('shows nothing where the textbook build adds nothing', () => {
    const rounds = starts([20], [20], [10]);
    expect(judge('label', rounds).map(({ passed }) => passed)).toEqual([false, false]);
  });
});

describe('the verdict about described sources', () => {
  test.each([
    [105, true],
    [105.1, false],
  ])('100 ms with six sources, %d with all, beyond an empty handler', (earmark, passed) => {
    const rounds = starts([20], [500], [20 + earmark], [120]);
    expect(judgeDescribed(rounds).map((row) => row.passed)).toEqual([passed, passed]);
  });

  test('is none where six sources add nothing', () => {
    const rounds = starts([20], [500], [20], [20]);
    expect(judgeDescribed(rounds).map((row) => row.passed)).toEqual([false, false]);
  });
});

describe('an answer of receive', () => {
  test('that is right passes', () => checkQueued({ statusCode: 200, body: '{"status":"queued"}' }));

  test.each([
    ['something else', { statusCode: 200, body: '{"status":"ignored"}' }],
    ['an error', { statusCode: 503, body: '{"status":"queued"}' }],
    ['nothing', undefined],
  ])('is wrong: %s', (_name, answer) => {
    expect(() => checkQueued(answer)).toThrow('queued nothing');
  });
});

describe('an answer of label', () => {
  const job = (id: string, contactId: string) => ({
    id,
    group: id,
    contactId,
    body: '{"add":["B","A"]}',
  });
  const labels = new Map([
    ['labelled', ['A', 'B']],
    ['more', ['A', 'B', 'C']],
    ['new', []],
  ]);
  const wix = { labelNamesOf: (id: string) => labels.get(id) ?? [] } as unknown as WixSimulator;
  const failures = (...ids: string[]) => ({
    batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })),
  });
  const check = (contactId: string, answer: unknown) =>
    checkLabelled(wix, answer, [job('1', contactId)], [job('2', 'new')]);

  test('that gives back what it should passes', () => check('labelled', failures('2')));

  test.each([
    ['gives back nothing', 'labelled', failures(), 'did not label'],
    ['gives back another', 'labelled', failures('1'), 'did not label'],
    ['gives back all', 'labelled', failures('1', '2'), 'did not label'],
    ['is nothing', 'labelled', undefined, 'did not label'],
    ['labelled nobody', 'new', failures('2'), 'has the labels "", not "A, B"'],
    ['labelled too much', 'more', failures('2'), 'has the labels "A, B, C", not "A, B"'],
  ])('is wrong: it %s', (_name, contactId, answer, message) => {
    expect(() => check(contactId, answer)).toThrow(message);
  });
});

describe('ordinary zod', () => {
  test.each([
    ["import * as z from 'zod/mini';", "import { z } from 'zod';"],
    ["import * as z from 'zod';", "import { z } from 'zod';"],
    ["import type * as z from 'zod/mini';", "import type * as z from 'zod/mini';"],
    ["import { z } from 'zod';", "import { z } from 'zod';"],
  ])('%s', (written, taken) => {
    expect(withOrdinaryZod(`// first\n${written}\nz;\n`, 'a.ts')).toBe(`// first\n${taken}\nz;\n`);
  });

  test.each([
    "import { object } from 'zod/mini';",
    "import * as zod from 'zod';",
    "export * from 'zod/mini';",
  ])('refuses what it cannot replace: %s', (written) => {
    expect(() => withOrdinaryZod(`${written}\n`, 'lib/a.ts')).toThrow('lib/a.ts');
  });
});

describe('one run', () => {
  let folder: string;
  let result: StartResult;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'earmark-start-'));
    result = await measureStart({ rounds: 1, progress: () => {} }, folder);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const TRAITS = {
    'ordinary zod': /zod\/v4\/classic\//,
    'zod/mini': /zod\/v4\/mini\//,
    'the chain of credential providers': /@aws-sdk\/credential-provider-node\//,
    "the AWS client's main field": /@aws-sdk\/client-sqs\/dist-cjs\//,
    'the reader of rules.yml': /lib\/rules\/authoring\/load\.ts$/,
    'a YAML parser': /node_modules\/yaml\//,
  };
  const traitsOf = async (bundle: string): Promise<string[]> => {
    const map = JSON.parse(await readFile(join(folder, `${bundle}.js.map`), 'utf8'));
    const sources: string[] = map.sources;
    expect(sources).toContainEqual(expect.stringMatching(/functions\/\w+\.ts$/));
    return Object.entries(TRAITS)
      .filter(([, pattern]) => sources.some((source) => pattern.test(source)))
      .map(([trait]) => trait);
  };

  test('measures both functions, from the beginning of the process', () => {
    expect(result.rows.map((row) => [row.function, row.measure])).toEqual([
      ['receive', 'start-up'],
      ['receive', 'first answer'],
      ['label', 'start-up'],
      ['label', 'first answer'],
    ]);
    for (const { emptyMs, textbookMs, earmarkMs } of result.rows) {
      expect(Math.min(emptyMs, textbookMs, earmarkMs)).toBeGreaterThan(0);
    }
    const [startUp, firstAnswer] = result.rows;
    expect(firstAnswer?.earmarkMs).toBeGreaterThan(startUp?.earmarkMs ?? 0);
  });

  const TEXTBOOK = [
    'ordinary zod',
    'the chain of credential providers',
    "the AWS client's main field",
  ];

  test('the textbook build is one', async () => {
    expect(await traitsOf('textbook/label')).toEqual(TEXTBOOK);
    expect(await traitsOf('textbook/receive')).toEqual([
      ...TEXTBOOK,
      'the reader of rules.yml',
      'a YAML parser',
    ]);
  });

  test('the textbook build reads rules.yml when it starts', async () => {
    await rm(join(folder, 'textbook/rules.yml'));
    const start = runCold(join(folder, 'textbook/receive.js'), [{}], {});
    await expect(start).rejects.toThrow(/ENOENT.*rules\.yml/);
  });

  const QUEUED = '{ statusCode: 200, body: \'{"status":"queued"}\' }';
  test.each([
    ['receive', QUEUED, 'queued no job'],
    ['receive', 'undefined', 'queued nothing'],
    ['label', '{ batchItemFailures: [] }', 'has the labels "", not "Customer, VIP"'],
    ['label', '{ batchItemFailures: [{}] }', 'did not label'],
  ])('a fast %s that only answers %s is found out', async (name, answer, message) => {
    const liar = join(folder, `liar-${name}.cjs`);
    await writeFile(liar, `exports.handler = async () => (${answer});\n`);
    const earmark = { receive: join(folder, 'earmark/receive.js'), label: '', [name]: liar };
    const peers = await startPeers();
    try {
      const round = playRound(
        peers,
        createCustomers(peers.wix),
        { textbook: earmark, six: earmark, earmark },
        BUILDS,
      );
      await expect(round).rejects.toThrow(message);
    } finally {
      await peers.close();
    }
  });

  test.each(['receive', 'label'])('what deploys as %s has at most zod/mini of it', async (name) => {
    expect(['zod/mini', '']).toContain((await traitsOf(`earmark/${name}`)).join());
  });
});
