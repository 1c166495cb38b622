import { type EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SourceName } from '../lib/events/event.ts';
import { secretSettingOf } from '../lib/sources/index.ts';
import { addressOf, type Buyer, buyerOf, eventsOf, sampleDelivery } from '../samples/samples.ts';
import type { WixSimulator } from '../simulators/wix/simulator.ts';
import type { Engine } from './engine.ts';
import type { Paint } from './screen.ts';
import type { LocalSettings } from './settings.ts';

interface SamplesScreen {
  readonly print: (text: string) => void;
  readonly paint: Paint;
  /** Emits `of ${source}` when something of that source was shown. */
  readonly shown: EventEmitter;
}

/** One after the other, each shown before the next, so that the lines keep their order. */
export async function deliverSamples(
  engine: Engine,
  settings: LocalSettings,
  sources: readonly SourceName[],
  { print, paint, shown }: SamplesScreen,
): Promise<void> {
  print('One signed sample from each of them, a purchase where it sends any:\n');
  for (const source of sources) {
    const secret = settings.signingSecrets[source];
    if (!secret) {
      const name = secretSettingOf(source);
      print(`${source} → not sent: it cannot be signed with the ${name} that is set`);
      continue;
    }
    const outcome = once(shown, `of ${source}`);
    const status = await deliverSample(engine, settings, source, secret).catch(notMade);
    if (typeof status === 'string') {
      print(`${source} → not sent: ${status}`);
      continue;
    }
    // What receive refused has a line of its own.
    if (status >= 500) print(paint.bad(`${source} → answered ${status}`));
    else await Promise.race([outcome, sleep(5_000, undefined, { ref: false })]);
  }
}

/** The contact of a sample's buyer, who is there already where an engine was started before. */
function contactOf(wix: WixSimulator, buyer: Buyer): string {
  const known = wix.contacts().find(({ primaryInfo }) => primaryInfo.email === buyer.email);
  return known?.id ?? wix.addContact(buyer);
}

/** Why there is no sample. @throws whatever else went wrong */
function notMade(error: unknown): string {
  if (error instanceof RangeError) return error.message;
  throw error;
}

/** @returns the status of the answer @throws RangeError where there is no such sample, or nobody here can sign it */
async function deliverSample(
  engine: Engine,
  { environment }: LocalSettings,
  source: SourceName,
  secret: string,
): Promise<number> {
  const buyer = buyerOf(source);
  const events = eventsOf(source);
  const type = events.includes('order.paid') ? 'order.paid' : events[0];
  const contactId = engine.wix && contactOf(engine.wix.simulator, buyer);
  // Only Wix itself knows it: the others' buyers are found by e-mail, as in life.
  const named = source === 'wix' && contactId ? { ...buyer, contactId } : buyer;
  const address = `${engine.url}/webhooks/${source}`;
  const delivery = sampleDelivery(source, {
    url: address,
    secret,
    now: engine.clock.now(),
    ...(type && { type }),
    buyer: named,
    ...(environment.WIX_INSTANCE_ID && { instanceId: environment.WIX_INSTANCE_ID }),
  });
  const { headers, body } = delivery;
  const url = addressOf(address, delivery);
  const response = await fetch(url, { method: 'POST', headers, body });
  await response.body?.cancel();
  return response.status;
}
