import { checkQueued, purchaseEvent } from '../events.ts';
import { playRounds, type RoundOptions } from '../measure.ts';
import { SECRET, SITE, startPeers } from '../peers.ts';
import { startWarm } from '../process/warm.ts';
import { ORDER_FIELDS } from './order.ts';
import type { Round, Sides } from './row.ts';

const WARM_UP_BLOCKS = 10;
const BLOCK = 300;
/** Earmark logs a line as a delivery begins and one as it ends. */
const LINES = { ours: 2, floor: 0 } as const;
const NAMES = ['ours', 'floor'] as const;

/**
 * Sends deliveries to Earmark's bundle and to the floor's, each in a warm process of its own, in blocks that
 * take turns. Both get the same deliveries.
 * @throws Error when a delivery did not become a message
 */
export async function measureReceive(
  bundles: Sides<string>,
  options: RoundOptions,
): Promise<readonly Round[]> {
  const { environment, queue, close } = await startPeers();
  const secrets = { SHOPIFY_WEBHOOK_SECRET: SECRET, WIX_SITE_ID: SITE };
  const sides = {
    ours: startWarm(bundles.ours, environment('ours.fifo')),
    floor: startWarm(bundles.floor, { ...environment('floor.fifo'), ...secrets }),
  };
  let sent = 0;

  async function play(round: number): Promise<Round> {
    const fields = ORDER_FIELDS;
    const events = Array.from({ length: BLOCK }, (_, at) => purchaseEvent(sent + at, { fields }));
    sent += BLOCK;
    const times = { ours: 0, floor: 0 };
    for (const name of round % 2 === 0 ? NAMES : NAMES.toReversed()) {
      const { cpuMs, answers } = await sides[name].work(events);
      times[name] = cpuMs / BLOCK;
      answers.forEach(checkQueued);
      const counts = `${queue(`${name}.fifo`).size()} messages, ${sides[name].logged()} log lines`;
      const expected = `${sent} messages, ${sent * LINES[name]} log lines`;
      if (counts !== expected)
        throw new Error(`${name} has ${counts}, and should have ${expected}.`);
    }
    return times;
  }

  try {
    return await playRounds({ ...options, warmUps: WARM_UP_BLOCKS }, play);
  } finally {
    for (const { stop } of Object.values(sides)) stop();
    await close();
  }
}
