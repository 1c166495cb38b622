import type { VirtualClock } from '../clock.ts';
import type { Random } from '../random.ts';
import type { Sqs } from '../sqs/sqs.ts';

const MOST_MS = 10;

/**
 * Leaves to chance which idle process gets the next batch. Without it the first seat gets all where
 * there is little to do, and nothing would ever hang on what another process did.
 */
export function dealByChance(sqs: Sqs, clock: VirtualClock, random: Random): void {
  const { receive } = sqs;
  sqs.receive = async () => {
    await clock.sleep(MOST_MS * random());
    return receive();
  };
}
