import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { deliveryEvent } from './deliveries.ts';
import { type MeasuredProcess, startMeasured } from './measured-process.ts';
import type { Round } from './rounds.ts';
import type { Site } from './site.ts';

const WARM_UP = 3_000;
const BLOCK = 300;

interface Side extends MeasuredProcess {
  readonly name: string;
  readonly queue: string;
  /** Lines for each delivery: ours has one as it begins and one as it ends. */
  readonly logs: number;
}

/**
 * Warm deliveries to Earmark's bundle and to the floor's, each in a process of its own, in blocks that
 * take turns; both get the same deliveries.
 * @throws when a delivery did not come to be a message
 */
export async function measureReceive(
  site: Site,
  bundles: { readonly ours: string; readonly floor: string },
  rounds: number,
  onRound: (round: number) => void,
): Promise<readonly Round[]> {
  const plain = { SHOPIFY_WEBHOOK_SECRET: site.shopifySecret, WIX_SITE_ID: site.siteId };
  const ours = sideOf('receive', bundles.ours, site.environment('ours.fifo'));
  const floor = sideOf('floor', bundles.floor, { ...site.environment('floor.fifo'), ...plain });
  let customers = 0;

  async function block(count: number, first: Side, second: Side): Promise<Round> {
    const now = Date.now();
    const events = Array.from({ length: count }, () => {
      customers += 1;
      return deliveryEvent(customers, site.shopifySecret, now);
    });
    const cpuMs = new Map<Side, number>();
    for (const side of [first, second]) {
      const measured = await side.work(events);
      check(site, side, measured.answers, customers);
      cpuMs.set(side, measured.cpuMs / count);
    }
    site.takeExchanges();
    return { ours: cpuMs.get(ours) ?? Number.NaN, floor: cpuMs.get(floor) ?? Number.NaN };
  }

  try {
    for (let done = 0; done < WARM_UP; done += BLOCK) await block(BLOCK, ours, floor);
    const measured: Round[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      onRound(round);
      const sides = round % 2 === 0 ? ([ours, floor] as const) : ([floor, ours] as const);
      measured.push(await block(BLOCK, ...sides));
    }
    return measured;
  } finally {
    ours.stop();
    floor.stop();
  }
}

function sideOf(name: string, bundle: string, environment: Record<string, string>): Side {
  const queue = environment.QUEUE_URL?.split('/').at(-1) ?? '';
  return { name, queue, logs: name === 'receive' ? 2 : 0, ...startMeasured(bundle, environment) };
}

/** Each delivery must have been queued, be a message of its own, and be told of in the log, as often as it should. */
function check(
  site: Site,
  { name, queue, logs, logged }: Side,
  answers: readonly unknown[],
  sent: number,
): void {
  const wrong = (answers as readonly APIGatewayProxyStructuredResultV2[]).find(
    ({ statusCode, body = '{}' }) => statusCode !== 200 || JSON.parse(body).status !== 'queued',
  );
  if (wrong) throw new Error(`The ${name} answered ${wrong.statusCode}: ${wrong.body}`);
  const there = site.messages(queue);
  if (there !== sent) throw new Error(`The ${name} sent ${there} messages of ${sent}.`);
  if (logged() !== logs * sent)
    throw new Error(`The ${name} logged ${logged()} lines of ${logs * sent}.`);
}
