import { appendFileSync, writeSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openLogFile, readLogFile } from '../../engine/log-file.ts';

let folder: string;
let path: string;
let troubles: string[];
const onTrouble = (message: string): void => void troubles.push(message);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'earmark-log-test-'));
  path = join(folder, 'engine.log');
  troubles = [];
});
afterEach(() => rm(folder, { recursive: true }));

/** A disk with so much room, that takes of a line what fits, as disks do. */
function smallDisk(room: number) {
  const disk = { room };
  const append = (file: number, text: string): void => {
    const fits = Math.min(disk.room, text.length);
    writeSync(file, text.slice(0, fits));
    disk.room -= fits;
    if (fits < text.length) throw new Error('ENOSPC: no space left on device, write');
  };
  return { disk, append };
}

describe('a disk that is full', () => {
  test('costs lines, is reported once, and ends nothing', async () => {
    const { append } = smallDisk(25);
    const write = openLogFile(path, { onTrouble, append });

    for (let n = 0; n < 100; n += 1) write(`{"line":${n}}`);

    expect(troubles).toEqual([expect.stringMatching(/engine\.log are lost .*ENOSPC/)]);
    expect(await readFile(path, 'utf8')).toBe('{"line":0}\n{"line":1}\n');
  });

  test('is written to again when there is room, and holds whole lines alone', async () => {
    const { disk, append } = smallDisk(15);
    const write = openLogFile(path, { onTrouble, append });
    write('{"line":0}');
    write('{"line":1}');

    disk.room = 1_000;
    write('{"line":2}');

    expect(await readFile(path, 'utf8')).toBe('{"line":0}\n{"line":2}\n');
  });
});

describe('a log that grows', () => {
  test('begins anew, and keeps what was before it once', async () => {
    const write = openLogFile(path, { onTrouble, mostBytes: 50 });

    for (let n = 10; n < 30; n += 1) write(`{"line":${n}}`);

    const lines = (await readLogFile(path)).trim().split('\n');
    expect(lines.at(-1)).toBe('{"line":29}');
    expect(lines).toEqual(lines.map((_, at) => `{"line":${30 - lines.length + at}}`));
    expect((await stat(path)).size).toBeLessThanOrEqual(50);
    expect((await stat(`${path}.1`)).size).toBeLessThanOrEqual(50);
    expect((await stat(path)).mode & 0o077).toBe(0);
    expect(troubles).toEqual([]);
  });

  test('holds a line that is longer than all of it', async () => {
    const write = openLogFile(path, { onTrouble, mostBytes: 5 });
    write('{"line":1}');
    expect(await readLogFile(path)).toBe('{"line":1}\n');
  });

  test('of a new engine has nothing of the one before', async () => {
    const before = openLogFile(path, { onTrouble, mostBytes: 15 });
    for (let n = 0; n < 3; n += 1) before(`{"line":${n}}`);

    openLogFile(path, { onTrouble })('{"line":"new"}');

    expect(await readLogFile(path)).toBe('{"line":"new"}\n');
  });

  test('that cannot begin anew goes on when it can', async () => {
    let isFull = false;
    const append = (file: number, text: string): void => {
      if (isFull) throw new Error('ENOSPC');
      appendFileSync(file, text);
    };
    const write = openLogFile(path, { onTrouble, mostBytes: 15, append });
    write('{"line":0}');
    isFull = true;
    write('{"line":1}');
    isFull = false;
    write('{"line":2}');

    expect(await readLogFile(path)).toBe('{"line":0}\n{"line":2}\n');
  });
});
