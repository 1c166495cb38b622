/**
 * A clock that never goes back: when the system's is set back, time goes on from where it was. What a
 * process remembers for a minute is then forgotten a minute later, whatever was done to the clock.
 */
export function steadyClock(now: () => number): () => number {
  let latest = Number.NEGATIVE_INFINITY;
  let ahead = 0;
  return () => {
    const time = now();
    if (time + ahead < latest) ahead = latest - time;
    latest = time + ahead;
    return latest;
  };
}
