import type { Keep } from '../simulators/journal.ts';

/** An invocation of a function, as it begins. */
export interface Invocation {
  /** Lambda's request id, as the function's lines of log have it. */
  readonly id: string;
  readonly functionName: string;
  readonly event: unknown;
}

/** Hears of each invocation as it begins. What it returns hears the result; undefined where there was none. */
export type OnInvocation = (invocation: Invocation) => (result: unknown) => void;

/** The same maps, and `onChange` hears of each change of one: the map's name and the key. */
export function watchedKeep(keep: Keep, onChange: (name: string, key: string) => void): Keep {
  return <V>(name: string) => {
    const map = keep<V>(name);
    const set = map.set.bind(map);
    const remove = map.delete.bind(map);
    return Object.assign(map, {
      set(key: string, value: V) {
        set(key, value);
        onChange(name, key);
        return map;
      },
      delete(key: string) {
        const wasThere = remove(key);
        if (wasThere) onChange(name, key);
        return wasThere;
      },
    });
  };
}
