import {
  appendFileSync,
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** Gives the map of a name. What it holds may be more than this process put there. */
export type Keep = <V>(name: string) => Map<string, V>;

/** Maps that outlive the process, by a file of changes. */
export interface Journal {
  /**
   * Each `set` and `delete` of the map is in the file before it returns, so that a process killed by SIGKILL
   * loses none of them. Values are JSON; one that was changed has to be set again.
   */
  readonly keep: Keep;
  close(): void;
}

/** A change: the map's name, the key, and the new value; none where the key was deleted. */
type Line = readonly [map: string, key: string, value?: unknown];

/** The file is written anew when so many lines of it say nothing any more. */
const MOST_OUTDATED = 10_000;

/**
 * Opens a journal that only its owner may read. What a kill cut off in its last line is left out: no sender was answered
 * that it is kept. Nothing is flushed to the disk itself, so a loss of power may cost the last seconds.
 * @throws Error for a file that is damaged otherwise, or cannot be written
 */
export function openJournal(path: string, mostOutdated = MOST_OUTDATED): Journal {
  const maps = new Map<string, Map<string, unknown>>();
  const read = existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
  for (const [index, line] of read.entries()) apply(parse(line, `${path}:${index + 1}`));
  mkdirSync(dirname(path), { recursive: true });
  let file = -1;
  let size = 0;
  let lines = 0;
  rewrite();

  function mapOf(name: string): Map<string, unknown> {
    const map = maps.get(name) ?? new Map();
    maps.set(name, map);
    return map;
  }

  function apply([name, key, value]: Line): void {
    // Not by the methods of the map itself, which come here.
    if (value === undefined) Map.prototype.delete.call(mapOf(name), key);
    else Map.prototype.set.call(mapOf(name), key, value);
  }

  /** Writes what the maps hold, and no more, to a new file in the old one's place. */
  function rewrite(): void {
    const draft = `${path}.draft`;
    const next = openSync(draft, 'w', 0o600);
    size = 0;
    lines = 0;
    for (const [name, map] of maps) {
      for (const [key, value] of map) append(next, [name, key, value]);
    }
    renameSync(draft, path);
    if (file >= 0) closeSync(file);
    file = next;
  }

  function append(to: number, line: Line): void {
    const text = `${JSON.stringify(line)}\n`;
    try {
      appendFileSync(to, text);
    } catch (error) {
      // Half a line would spoil the next one.
      ftruncateSync(to, size);
      throw error;
    }
    size += Buffer.byteLength(text);
    lines += 1;
  }

  function change(line: Line): void {
    append(file, line);
    apply(line);
    const held = maps.values().reduce((sum, map) => sum + map.size, 0);
    if (lines - held > mostOutdated + held) rewrite();
  }

  return {
    keep<V>(name: string) {
      const map = mapOf(name) as Map<string, V>;
      return Object.assign(map, {
        set(key: string, value: V) {
          change([name, key, value]);
          return map;
        },
        delete(key: string) {
          const isThere = map.has(key);
          if (isThere) change([name, key]);
          return isThere;
        },
      });
    },
    close: () => closeSync(file),
  };
}

function parse(line: string, place: string): Line {
  try {
    return JSON.parse(line);
  } catch {
    throw new Error(`${place} is damaged: it is no JSON. \`npm start -- --fresh\` begins anew.`);
  }
}
