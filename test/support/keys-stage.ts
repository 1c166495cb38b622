import { createLabelKeys, type ResolvedKeys } from '../../lib/labelling/labels/label-keys.ts';
import type { ChangeKind } from '../../lib/labelling/labels/plan.ts';
import { createFakeWix } from './fake-wix.ts';

/** The label keys of one site before a fake Wix. */
export function openKeys() {
  const wix = createFakeWix();
  let time = 0;
  const keys = createLabelKeys('a-site', () => time);
  /** To add; to remove, behind a `-`. */
  const resolve = (names: readonly string[], now = 0) => {
    time = now;
    const remove = names.filter((name) => name.startsWith('-')).map((name) => name.slice(1));
    const add = names.filter((name) => !name.startsWith('-'));
    return keys.resolve(wix.site, { add, remove });
  };
  const confirm = (name: string, change: ChangeKind, now: number): void => {
    time = now;
    keys.confirm(name, change);
  };
  /** The calls since it was asked last. */
  const asked = (): string[] => wix.calls.splice(0);
  return { wix, ...keys, resolve, confirm, asked };
}
export const read = ({ keys, fresh, young, absent, refused }: ResolvedKeys) => ({
  keys: Object.fromEntries(keys),
  fresh: [...fresh],
  young: [...young],
  absent,
  refused,
});
