import { checkQueued, purchaseEvent } from '../events.ts';
import { type Peers, SECRET, SITE } from '../peers.ts';
import { startWarm } from '../process/warm.ts';
import { ORDER_FIELDS } from './order.ts';
import { playRounds, type Round } from './rounds.ts';

const WARM_UP_BLOCKS = 10;
const BLOCK = 300;
const NAMES = ['ours', 'floor'] as const;

/**
 * Sends deliveries to Earmark's bundle and to the floor's, each in a warm process of its own, in blocks that
 * take turns. Both get the same deliveries.
 * @throws Error when a delivery did not become a message
 */
export async function measureReceive(
  { environment, queue }: Peers,
  bundles: Readonly<Record<keyof Round, string>>,
  rounds: number,
  onRound: (round: number) => void,
): Promise<readonly Round[]> {
  const secrets = { SHOPIFY_WEBHOOK_SECRET: SECRET, WIX_SITE_ID: SITE };
  const sides = {
    // Earmark logs a line as a delivery begins and one as it ends.
    ours: { ...startWarm(bundles.ours, environment('ours.fifo')), lines: 2 },
    floor: {
      ...startWarm(bundles.floor, { ...environment('floor.fifo'), ...secrets }),
      lines: 0,
    },
  };
  let customers = 0;

  async function block(number: number): Promise<Round> {
    const events = Array.from({ length: BLOCK }, () => {
      customers += 1;
      return purchaseEvent(customers, { fields: ORDER_FIELDS });
    });
    const round = { ours: 0, floor: 0 };
    for (const name of number % 2 === 0 ? NAMES : NAMES.toReversed()) {
      const { work, logged, lines } = sides[name];
      const { cpuMs, answers } = await work(events);
      round[name] = cpuMs / BLOCK;
      answers.forEach(checkQueued);
      const counts = [queue(`${name}.fifo`).size(), logged()];
      const expected = [customers, lines * customers];
      if (counts.join() !== expected.join()) {
        throw new Error(
          `Messages and log lines of ${name}: ${counts}, where ${expected} should be.`,
        );
      }
    }
    return round;
  }

  try {
    return await playRounds(block, WARM_UP_BLOCKS, rounds, onRound);
  } finally {
    sides.ours.stop();
    sides.floor.stop();
  }
}
