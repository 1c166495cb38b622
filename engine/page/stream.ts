import type { ServerResponse } from 'node:http';
import type { StreamEvents } from '../../page/api.ts';

type Key = keyof StreamEvents;

/** Where it all comes from. */
export interface StreamSource {
  /** All of a key, for one who has just come. */
  whole<K extends Key>(key: K): StreamEvents[K];
  /** What changed of a key since the last call; undefined where nothing did. */
  changed<K extends Key>(key: K): StreamEvents[K] | undefined;
}

const STREAM_KEYS = [
  'rules',
  'presets',
  'rate',
  'clock',
  'breaker',
  'deadLetters',
  'contacts',
  'flows',
  'figures',
] as const satisfies readonly Key[];

/** Four messages a second for each key. */
const BATCH_MS = 250;
const HEARTBEAT_MS = 15_000;
/** A reader with so much before it that it has not read is cut off; it comes again, and gets all anew. */
const MOST_UNREAD_BYTES = 8 * 1024 * 1024;

/** A reader, as much of `ServerResponse` as is written to. */
export type Reader = Pick<ServerResponse, 'write' | 'destroy' | 'writableLength' | 'on'>;

export type Stream = ReturnType<typeof createStream>;

/** Sends to all readers what changed, in batches. There is no timer while there is no reader. */
export function createStream(source: StreamSource) {
  const readers = new Set<Reader>();
  let timer: NodeJS.Timeout | undefined;
  let sentAt = 0;

  function cut(reader: Reader): void {
    readers.delete(reader);
    reader.destroy();
  }

  function send(to: Iterable<Reader>, text: string): void {
    for (const reader of to) {
      reader.write(text);
      if (reader.writableLength > MOST_UNREAD_BYTES) cut(reader);
    }
  }

  function flush(now = performance.now()): void {
    const changes = STREAM_KEYS.flatMap((key) => {
      const data = source.changed(key);
      return data === undefined ? [] : [message(key, data)];
    });
    if (changes.length > 0) send([...readers], changes.join(''));
    else if (now - sentAt > HEARTBEAT_MS) send([...readers], ': \n\n');
    else return;
    sentAt = now;
  }

  function leave(reader: Reader): void {
    readers.delete(reader);
    if (readers.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  }

  return {
    flush,
    /** @param reader whose head is written already */
    join(reader: Reader): void {
      // What the others are still to hear of is sent first, and is part of all for the new one.
      flush();
      send([reader], STREAM_KEYS.map((key) => message(key, source.whole(key))).join(''));
      readers.add(reader);
      reader.on('close', () => leave(reader));
      timer ??= setInterval(() => flush(), BATCH_MS).unref();
    },
  };
}

const message = (key: Key, data: unknown): string =>
  `event: ${key}\ndata: ${JSON.stringify(data)}\n\n`;
