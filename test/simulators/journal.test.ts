import { randomUUID } from 'node:crypto';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Journal, openJournal } from '../../simulators/journal.ts';
import { createFifoQueue } from '../../simulators/sqs/fifo-queue.ts';
import type { Kept } from '../../simulators/sqs/message.ts';

const folder = mkdtempSync(join(tmpdir(), 'earmark-journal-'));
const path = join(folder, 'deep', 'engine.journal');
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => rmSync(path, { force: true }));

/** What the file holds, as the next process reads it, while this one has it open. */
function reopened<T>(read: (journal: Journal) => T): T {
  const journal = openJournal(path);
  const found = read(journal);
  journal.close();
  return found;
}

const change = fc.record({
  map: fc.constantFrom('a', 'b'),
  key: fc.constantFrom('x', 'y', 'z', '\n"'),
  value: fc.option(fc.jsonValue()),
});

test('property: however often it is written anew, it gives back the maps, in their order', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 40 }), fc.nat(5), (changes, mostOutdated) => {
      rmSync(path, { force: true });
      const journal = openJournal(path, mostOutdated);
      const maps = { a: journal.keep('a'), b: journal.keep('b') };
      for (const { map, key, value } of changes) {
        if (value === null) maps[map as 'a'].delete(key);
        else maps[map as 'a'].set(key, value);
      }
      const held = [[...maps.a], [...maps.b]];
      journal.close();
      // -0 is no JSON.
      expect(reopened(({ keep }) => [[...keep('a')], [...keep('b')]])).toEqual(
        JSON.parse(JSON.stringify(held)),
      );
    }),
    { numRuns: 60 },
  );
});

test('it does not outgrow what it holds', () => {
  const journal = openJournal(path, 10);
  const map = journal.keep<string>('m');
  for (let n = 0; n < 1_000; n += 1) map.set('k', 'v'.repeat(100));
  journal.close();
  expect(statSync(path).size).toBeLessThan(2_000);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('a line that a kill cut off is left out; any other damage is reported', () => {
  const journal = openJournal(path);
  const map = journal.keep<string>('m');
  map.set('first', '1');
  map.set('second', '2');
  journal.close();
  const size = statSync(path).size;
  for (let cut = 1; cut < 15; cut += 1) {
    const whole = readFileSync(path);
    truncateSync(path, size - cut);
    expect(reopened(({ keep }) => [...keep('m').keys()])).toEqual(['first']);
    rmSync(path);
    appendFileSync(path, whole);
  }
  appendFileSync(path, '["m","thi\n["m","fourth","4"]\n');
  expect(() => openJournal(path)).toThrow('engine.journal:3 is damaged');
});

/** A queue of what a journal keeps, as a process that starts at `time` has it. */
function queueAt(time: { now: number }, { keep }: Journal) {
  const kept = (name: string): Kept => ({
    messages: keep(`${name} messages`),
    sent: keep(`${name} sent`),
    newId: randomUUID,
  });
  const now = () => time.now;
  const times = { visibilityMs: 60_000, retentionMs: 900_000 };
  const deadLetters = createFifoQueue(now, { name: 'd', ...times, kept: kept('d') });
  const redrive = { maxReceiveCount: 3, deadLetters };
  const queue = createFifoQueue(now, { name: 'q', ...times, redrive, kept: kept('q') });
  return { queue, deadLetters };
}

test('a queue is what it was: order, receives, postponement, deduplication, dead letters', () => {
  const time = { now: 1_000_000 };
  const journal = openJournal(path);
  const { queue } = queueAt(time, journal);
  const message = (body: string) => ({
    body,
    group: body.charAt(0),
    deduplication: body,
    attributes: {},
  });
  for (const body of ['a1', 'b1', 'a2', 'c1', 'd1']) queue.send(message(body));
  const first = queue.receive(3);
  queue.changeVisibility(first[2]?.receipt ?? '', 120);
  const [c1] = queue.receive(1);
  queue.remove([c1?.receipt ?? '']);

  // Killed, and started a second later
  time.now += 1_000;
  reopened((next) => {
    const { queue: again, deadLetters } = queueAt(time, next);
    again.send(message('a1'));
    again.send(message('e1'));
    const received = again.receive();
    expect(received.map(({ body, receives }) => `${body} ${receives}`)).toEqual([
      'a1 2',
      'a2 2',
      'd1 1',
      'e1 1',
    ]);
    expect(again.nextVisibleAt()).toBe(1_061_000);
    time.now = 1_119_999;
    expect(again.receive().map(({ body }) => body)).not.toContain('b1');
    time.now = 1_120_000;
    expect(again.receive().map(({ body }) => body)).toEqual(['b1']);
    time.now = 1_300_000;
    expect(again.receive().map(({ body }) => body)).toEqual(['b1', 'd1', 'e1']);
    expect(deadLetters.peek().map(({ body }) => body)).toEqual(['a1', 'a2']);
  });
  reopened((last) => {
    const { queue: again, deadLetters } = queueAt(time, last);
    // The first ones are too old now; the one sent after the kill was received three times.
    time.now = 1_000_000 + 900_000;
    expect(again.receive()).toEqual([]);
    expect(again.size()).toBe(0);
    expect(deadLetters.peek().map(({ body }) => body)).toEqual(['a1', 'a2', 'e1']);
  });
  journal.close();
});
