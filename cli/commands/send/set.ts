import { oneLine } from '../../../lib/rules/one-line.ts';
import { parseJson } from '../../../lib/runtime/json.ts';
import { isTooDeep, MAX_DEPTH } from '../../../lib/sources/payload/parse.ts';
import type { Draft } from '../../../samples/samples.ts';
import { type CliFailure, wrongUsage } from '../../kit/failure.ts';

type SamplePayload = Draft['payload'];

/**
 * Sets values in a copy of a payload.
 * @param settings `path=value`: a dotted path with indexes (`line_items.0.title`), and JSON, or else text
 * @returns the copy, and the paths that it did not have
 * @throws CliFailure for a path that leads through a value that holds nothing
 */
export function setPaths(
  payload: SamplePayload,
  settings: readonly string[],
): { readonly payload: SamplePayload; readonly added: readonly string[] } {
  const copy = structuredClone(payload);
  const added = settings.flatMap((setting) => {
    const end = setting.indexOf('=');
    if (end < 1) throw wrong(setting, 'write path=value, as in line_items.0.title="Desk"');
    const [path, written] = [setting.slice(0, end), setting.slice(end + 1)];
    const keys = path.replaceAll(/\[(\d+)\]/g, '.$1').split('.');
    if (keys.length > MAX_DEPTH) throw wrong(path, `it leads deeper than ${MAX_DEPTH}`);
    if (isTooDeep(written)) throw wrong(path, `its value is nested deeper than ${MAX_DEPTH}`);
    const value = parseJson(written) ?? (written === 'null' ? null : written);
    return setPath(copy, keys, value, setting) ? [path] : [];
  });
  return { payload: copy, added };
}

type Holder = Record<string, unknown>;

/** @returns whether there was no such field */
function setPath(
  payload: SamplePayload,
  path: readonly string[],
  value: unknown,
  setting: string,
): boolean {
  let holder = payload as Holder;
  for (const [depth, key] of path.slice(0, -1).entries()) {
    check(holder, path, depth, setting);
    const inner: unknown = holder[key] ?? {};
    if (typeof inner !== 'object' || inner === null) {
      const place = path.slice(0, depth + 1).join('.');
      throw wrong(setting, `${place} is ${JSON.stringify(inner)}, which holds no fields`);
    }
    holder[key] = inner;
    holder = inner as Holder;
  }
  check(holder, path, path.length - 1, setting);
  const key = path.at(-1) ?? '';
  const isNew = !Object.hasOwn(holder, key);
  holder[key] = value;
  return isNew;
}

/** What a key must be at that depth: of a list an index, or the next one to add to it. */
function check(holder: Holder, path: readonly string[], depth: number, setting: string): void {
  const key = path[depth] ?? '';
  if (key === '' || key === '__proto__') {
    throw wrong(setting, 'a name in the path is blank or reserved');
  }
  if (!Array.isArray(holder)) return;
  const { length } = holder;
  if (/^\d+$/.test(key) && Number(key) <= length) return;
  const place = path.slice(0, depth).join('.');
  throw wrong(setting, `${place} is a list of ${length}: an index comes after it, 0 to ${length}`);
}

const wrong = (setting: string, why: string): CliFailure =>
  wrongUsage(`--set ${oneLine(setting)}: ${why}.`);
