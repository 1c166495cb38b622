import { KEYS_PER_CALL } from '../../../lib/wix/labels.ts';
import {
  type Alike,
  bulkGroups,
  byChange,
  IDS_PER_CALL,
  type NamedChange,
} from '../../kit/bulk-labels.ts';

type Planned = NamedChange & { readonly contactId: string };

/**
 * The bulk jobs that make the changes: one for each change that many contacts share, and of the others one for each
 * label, where that makes fewer. The largest comes last.
 */
export function groupsOf<T extends Planned>(all: readonly T[]): readonly Alike<T>[] {
  const many = bulkGroups(all);
  const shared = new Set(many.flat());
  const others = all.filter((one) => !shared.has(one));
  const byLabel = labelByLabel(others);
  const bySet = byChange(others).map(alike);
  const fits = others.every(
    ({ add, remove }) => Math.max(add.length, remove.length) <= KEYS_PER_CALL,
  );
  const rest = fits && jobsFor(bySet) <= jobsFor(byLabel) ? bySet : byLabel;
  return [...many.map(alike), ...rest].sort((a, b) => a.members.length - b.members.length);
}

/** How many bulk jobs the groups take. */
export const jobsFor = (groups: readonly Alike<unknown>[]): number =>
  groups.reduce((sum, { members }) => sum + Math.ceil(members.length / IDS_PER_CALL), 0);

function alike<T extends Planned>(group: readonly T[]): Alike<T> {
  const [{ add, remove } = { add: [], remove: [] }] = group;
  return { add, remove, members: group.map((of) => ({ of, contactId: of.contactId })) };
}

const labelByLabel = <T extends Planned>(all: readonly T[]): readonly Alike<T>[] =>
  (['add', 'remove'] as const).flatMap((verb) =>
    [...new Set(all.flatMap((one) => one[verb]))].map((name) => ({
      ...alike(all.filter((one) => one[verb].includes(name))),
      add: [],
      remove: [],
      [verb]: [name],
    })),
  );
