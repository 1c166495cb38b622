import { digest } from '../../../lib/runtime/digest.ts';
import { classify } from '../../../lib/wix/calls/classify.ts';
import { WixError } from '../../../lib/wix/calls/failure.ts';
import { NAMES_PER_QUERY } from '../../../lib/wix/labels.ts';
import type { WixSite } from '../../../lib/wix/site.ts';
import { chunks } from './groups.ts';
import type { Journal } from './journal.ts';

export const callsToFindLabels = (names: number): number => Math.ceil(names / NAMES_PER_QUERY);

/** The keys of those names that have a label at the site. Nothing is made. */
export async function findLabels(
  wix: Pick<WixSite, 'queryLabels'>,
  names: readonly string[],
  journal: Journal,
): Promise<Map<string, string>> {
  const keys = new Map<string, string>();
  for (const some of chunks(names.toSorted(), NAMES_PER_QUERY)) {
    const found = await journal.once(`labels ${digest(...some)}`, async () => [
      ...(await wix.queryLabels(some)),
    ]);
    for (const [name, key] of found) keys.set(name, key);
  }
  return keys;
}

/**
 * Makes the labels of these names.
 * @returns the keys, and the names that a full site has no room for
 */
export async function makeLabels(
  wix: Pick<WixSite, 'findOrCreateLabel'>,
  names: readonly string[],
  journal: Journal,
): Promise<{ keys: Map<string, string>; refused: readonly string[] }> {
  const keys = new Map<string, string>();
  const refused: string[] = [];
  for (const name of names) {
    // A site without room for one has none for the next.
    const isFull = refused.length > 0;
    const key = isFull ? null : await journal.once(`label ${name}`, () => keyOf(wix, name));
    if (key === null) refused.push(name);
    else keys.set(name, key);
  }
  return { keys, refused };
}

/** Null where the site has as many labels as it may. */
async function keyOf(wix: Pick<WixSite, 'findOrCreateLabel'>, name: string) {
  try {
    return await wix.findOrCreateLabel(name);
  } catch (error) {
    const isFull = error instanceof WixError && classify(error.failure) === 'labels-quota-reached';
    if (isFull) return null;
    throw error;
  }
}
