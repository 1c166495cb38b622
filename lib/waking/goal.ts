import type { FullReview } from '../store/store.ts';

/** What a full review is for. */
export interface Goal {
  /** The hash of the definitions. */
  readonly definitions: string;
  /** When a shop last asked to erase what it sent. Epoch milliseconds; 0 where none did. */
  readonly erasure: number;
  readonly cause: 'definitions' | 'erasure';
}

/** A goal as the store keeps it. */
export const goalText = ({ definitions, erasure, cause }: Goal): string =>
  `${definitions} ${erasure} ${cause}`;

/**
 * The goal of the review that is to be made: the stored one's, where it is for the same. One that was begun for an
 * erasure and is not over is an erasure's again.
 */
export function nextGoal(
  stored: FullReview | undefined,
  now: Pick<Goal, 'definitions' | 'erasure'>,
): Goal {
  const [definitions, erasure = '0', cause] = stored?.goal.split(' ') ?? [];
  const isSame = definitions === now.definitions && erasure === String(now.erasure);
  const isOpen = stored?.cursor !== undefined;
  const erases = erasure === String(now.erasure) ? cause === 'erasure' && (isSame || isOpen) : true;
  return { ...now, cause: erases ? 'erasure' : 'definitions' };
}
