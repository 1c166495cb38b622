import type { Message } from '../simulators/sqs/message.ts';

/** What a queue has to do. */
export interface Jobs {
  /** How many are in hand, or are taken next: without those that wait for their time, or behind such a one. */
  readonly left: number;
  /** When the first of those that were put off comes back; absent where none was. Epoch milliseconds. */
  readonly nextAt?: number;
}

export function jobsIn(
  messages: readonly Pick<Message, 'group' | 'visibleAt' | 'isPostponed'>[],
  now: number,
): Jobs {
  const away = messages.filter(({ visibleAt }) => visibleAt > now);
  const held = new Set(away.map(({ group }) => group));
  const inHand = away.filter(({ isPostponed }) => !isPostponed);
  const putOff = away.filter(({ isPostponed }) => isPostponed);
  return {
    left: inHand.length + messages.filter(({ group }) => !held.has(group)).length,
    ...(putOff.length > 0 && { nextAt: Math.min(...putOff.map(({ visibleAt }) => visibleAt)) }),
  };
}
