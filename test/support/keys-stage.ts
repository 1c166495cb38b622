import { createLabelKeys, type ResolvedKeys } from '../../lib/labelling/keys.ts';
import { createFakeWix } from './fake-wix.ts';

/** The label keys of one site before a fake Wix. */
export function openKeys() {
  const wix = createFakeWix();
  const keys = createLabelKeys('a-site');
  const resolve = (names: readonly string[], now = 0) => keys.resolve(wix.site, names, now);
  /** The calls since it was asked last. */
  const asked = (): string[] => wix.calls.splice(0);
  return { wix, ...keys, resolve, asked };
}
export const read = ({ keys, remembered, fresh, refused }: ResolvedKeys) => ({
  keys: Object.fromEntries(keys),
  remembered: [...remembered],
  fresh: [...fresh],
  refused,
});
