import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openLogFile } from '../../engine/log-file.ts';
import { openLogTail } from '../../engine/log-tail.ts';

let folder: string;
let logs = 0;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'earmark-tail-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A log that nobody has written to yet. */
function newLog() {
  logs += 1;
  const path = join(folder, `${logs}.log`);
  const tail = openLogTail(path);
  const read: string[] = [];
  return { path, tail, read, look: () => void read.push(...tail.lines()) };
}

const onTrouble = (message: string): never => {
  throw new Error(message);
};

/** Long ones are longer than what is read at a time. */
const line = fc.oneof(
  { weight: 9, arbitrary: fc.string({ unit: 'grapheme' }).map((text) => JSON.stringify(text)) },
  { weight: 1, arbitrary: fc.integer({ min: 65_530, max: 200_000 }).map((n) => 'é'.repeat(n)) },
);

test('wherever the bytes of a log are cut, each line comes once, in order', () => {
  const cutAt = fc.array(fc.nat(), { maxLength: 12 });
  const cut = ([lines, cuts]: [readonly string[], readonly number[]]) => {
    const { path, tail, read, look } = newLog();
    const bytes = Buffer.from(lines.map((one) => `${one}\n`).join(''));
    const ends = [...cuts.map((at) => at % (bytes.length + 1)), 0, bytes.length];
    const pieces = ends.toSorted((a, b) => a - b);

    for (const [at, end] of pieces.entries()) {
      appendFileSync(path, bytes.subarray(pieces[at - 1] ?? 0, end));
      look();
    }
    tail.close();

    expect(read).toEqual(lines);
  };
  fc.assert(fc.property(fc.tuple(fc.array(line), cutAt), cut), {
    examples: [
      [
        [
          ['a', 'é'.repeat(70_000), 'ö', 'b'],
          [1, 2, 3, 65_536, 140_004],
        ],
      ],
      [
        [
          ['ö', ''],
          [1, 2, 3],
        ],
      ],
    ],
  });
});

/** What an engine does to its log: it writes a line, or is started anew. */
const deed = fc.oneof({ weight: 9, arbitrary: line }, { weight: 1, arbitrary: fc.constant(null) });

test('whoever looks after each line misses none, however often the log begins anew', () => {
  const follow = (deeds: readonly (string | null)[], mostBytes: number) => {
    const { path, tail, read, look } = newLog();
    let write = openLogFile(path, { onTrouble, mostBytes });
    for (const one of deeds) {
      if (one === null) write = openLogFile(path, { onTrouble, mostBytes });
      else write(one);
      look();
    }
    tail.close();
    expect(read).toEqual(deeds.filter((one) => one !== null));
  };
  fc.assert(fc.property(fc.array(deed), fc.integer({ min: 1, max: 60 }), follow), {
    examples: [[['a', 'b', null, 'c', 'd', 'e', null, null, 'f'], 3]],
  });
});

const linesIn = (path: string): readonly string[] =>
  existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];

test('whoever looks now and then gets no line twice, none out of order, and all that is still there', () => {
  const look = fc.constant('look' as const);
  const written = fc.constant('write' as const);
  const begun = fc.constant('begin' as const);
  const steps = fc.array(fc.oneof({ weight: 6, arbitrary: written }, look, begun));
  const follow = (deeds: readonly ('look' | 'write' | 'begin')[], mostBytes: number) => {
    const { path, tail, read, look } = newLog();
    let write = openLogFile(path, { onTrouble, mostBytes });
    let count = 0;
    for (const one of deeds) {
      if (one === 'look') look();
      else if (one === 'begin') write = openLogFile(path, { onTrouble, mostBytes });
      else {
        count += 1;
        write(`${count}`);
      }
    }
    look();
    const kept = [`${path}.1`, path].flatMap(linesIn);
    tail.close();

    const numbers = read.map(Number);
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    expect(read).toEqual(expect.arrayContaining(kept));
  };
  fc.assert(fc.property(steps, fc.integer({ min: 2, max: 30 }), follow), {
    examples: [
      [['write', 'look', 'write', 'write', 'write', 'write', 'write', 'look'], 4],
      [['write', 'look', 'begin', 'write', 'write', 'write', 'look'], 4],
    ],
  });
});

test('a line that a full disk took back is not given, and the one in its place is', () => {
  const { path, tail, read, look } = newLog();
  appendFileSync(path, '{"line":1}\n{"li');
  look();
  writeFileSync(path, '{"line":1}\n');
  look();
  appendFileSync(path, '{"another":2}\n');
  look();
  tail.close();
  expect(read).toEqual(['{"line":1}', '{"another":2}']);
});

test('a log that somebody emptied is read from its beginning', () => {
  const { path, tail, read, look } = newLog();
  appendFileSync(path, 'a line\n');
  look();
  writeFileSync(path, '');
  appendFileSync(path, 'new\n');
  look();
  tail.close();
  expect(read).toEqual(['a line', 'new']);
});

test('begins with what is kept of before, and waits for a log that is not there', () => {
  const { path, tail, read, look } = newLog();
  look();
  writeFileSync(path, 'old\n');
  renameSync(path, `${path}.1`);
  look();
  expect(read).toEqual([]);
  writeFileSync(path, 'new\n');
  look();
  tail.close();
  expect(read).toEqual(['old', 'new']);
});
