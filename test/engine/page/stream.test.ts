import { EventEmitter } from 'node:events';
import { expect, test } from '@jest/globals';
import { createStream, type Reader, type StreamSource } from '../../../engine/page/stream.ts';

/** A reader that takes in so many bytes at most. */
function readerOf(unread: (written: number) => number) {
  const texts: string[] = [];
  const emitter = new EventEmitter();
  let destroyed = false;
  const reader = {
    write(text: string) {
      texts.push(text);
      return true;
    },
    get writableLength() {
      return unread(texts.join('').length);
    },
    destroy() {
      destroyed = true;
      emitter.emit('close');
      return reader;
    },
    on(name: string, heard: () => void) {
      emitter.on(name, heard);
      return reader;
    },
  } as unknown as Reader;
  return { reader, texts, isDestroyed: () => destroyed };
}

/** Says each change once. */
function sourceOf(changes: Partial<Record<string, unknown>>): StreamSource {
  return {
    whole: ((key: string) => `all ${key}`) as unknown as StreamSource['whole'],
    changed: ((key: string) => {
      const value = changes[key];
      delete changes[key];
      return value;
    }) as StreamSource['changed'],
  };
}

test('who comes gets all of each key, and then what changes', () => {
  const changes: Record<string, unknown> = {};
  const stream = createStream(sourceOf(changes));
  const { reader, texts } = readerOf(() => 0);
  stream.join(reader);
  const keys = 'rules presets rate clock breaker deadLetters contacts flows figures'.split(' ');
  expect(texts.join('')).toBe(keys.map((key) => `event: ${key}\ndata: "all ${key}"\n\n`).join(''));
  changes.flows = [{ id: 'a' }];
  stream.flush();
  stream.flush();
  expect(texts.slice(1)).toEqual(['event: flows\ndata: [{"id":"a"}]\n\n']);
  reader.destroy();
});

test('who comes later does not take from others what changed before', () => {
  const changes: Record<string, unknown> = {};
  const stream = createStream(sourceOf(changes));
  const [first, second] = [readerOf(() => 0), readerOf(() => 0)];
  stream.join(first.reader);
  changes.clock = { now: 1 };
  stream.join(second.reader);
  expect(first.texts.at(-1)).toBe('event: clock\ndata: {"now":1}\n\n');
  expect(second.texts).toHaveLength(1);
  first.reader.destroy();
  second.reader.destroy();
});

test('who does not read is cut off, and the others go on', () => {
  const changes: Record<string, unknown> = {};
  const stream = createStream(sourceOf(changes));
  const [slow, quick] = [readerOf((written) => written), readerOf(() => 0)];
  stream.join(slow.reader);
  stream.join(quick.reader);
  for (let n = 0; n < 12; n += 1) {
    changes.flows = 'x'.repeat(1024 * 1024);
    stream.flush();
  }
  expect(slow.isDestroyed()).toBe(true);
  expect(slow.texts.length).toBeLessThan(quick.texts.length);
  expect(quick.isDestroyed()).toBe(false);
  quick.reader.destroy();
});

test('a silence has a heartbeat', () => {
  const stream = createStream(sourceOf({}));
  const { reader, texts } = readerOf(() => 0);
  stream.join(reader);
  stream.flush(performance.now() + 16_000);
  stream.flush(performance.now() + 17_000);
  expect(texts.slice(1)).toEqual([': \n\n']);
  reader.destroy();
});
