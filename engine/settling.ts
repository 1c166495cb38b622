/** Some files at one time. */
export interface FilesLook {
  /** Higher when a file is another than at the look before. */
  readonly version: number;
  /** The file that must be there is not, or is empty: an editor may be about to write it. */
  readonly isGone: boolean;
}

/** Editors write in pieces, or write a second file and rename it; formatters save again at once. */
const QUIET_MS = 300;
/** So long a file may be gone, or empty, between two steps of an editor. */
const GONE_MS = 2_000;

/**
 * Says when saved files are to be taken: they are others than those that were taken last, and have been as they are for
 * a moment.
 * @param taken the version of the files that were taken first
 * @returns a function that is given each look with its time (milliseconds of a clock that never goes back), and
 *   says whether the files are taken now
 */
export function createSettling(taken: number): (look: FilesLook, now: number) => boolean {
  let last = { version: taken, since: 0 };
  return ({ version, isGone }, now) => {
    if (version !== last.version) last = { version, since: now };
    if (version === taken || now - last.since < (isGone ? GONE_MS : QUIET_MS)) return false;
    taken = version;
    return true;
  };
}
