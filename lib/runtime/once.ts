/**
 * Runs `make` at the first call and keeps its promise; a failure is not kept, so the next call tries
 * again. A Lambda whose secrets could not be read once must not stay broken for its whole life.
 */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
