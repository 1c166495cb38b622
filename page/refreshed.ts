/**
 * An edited sample with what is fresh in each sample: ids and times. Where somebody wrote something else, that stays.
 * @param before the sample that was edited
 * @param after another one of the same event
 */
export function refreshed(edited: unknown, before: unknown, after: unknown): unknown {
  if (isRecord(edited) && isRecord(before) && isRecord(after)) {
    const entries = Object.entries(edited).map(([key, value]) => [
      key,
      key in before && key in after ? refreshed(value, before[key], after[key]) : value,
    ]);
    return Array.isArray(edited) ? entries.map(([, value]) => value) : Object.fromEntries(entries);
  }
  return edited === before ? after : edited;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
