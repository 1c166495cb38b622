import type { SourceName } from '../../../lib/events/event.ts';
import { loadedSource } from '../../../lib/sources/authoring/files.ts';
import { asList } from '../../../lib/sources/described/values.ts';
import { knownSource } from '../../../lib/sources/index.ts';
import type { Delivery } from '../../../lib/sources/source.ts';
import { deliveryOf, keptDelivery } from '../rules/payload.ts';

/** A body that somebody captured, as each source would get it. */
export interface Captured {
  readonly delivery: Delivery;
  /** The delivery with the topic in the header in which that source has it. */
  for(name: SourceName): Delivery;
}

export interface CapturedOptions {
  readonly topic?: string | undefined;
  readonly headers?: Delivery['headers'] | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** A captured body from the bytes of a file: as `rules test` takes them. @throws PayloadProblem */
export function captured(bytes: Buffer, { topic, headers, now }: CapturedOptions): Captured {
  const kept = keptDelivery(bytes);
  const body = kept?.body ?? bytes;
  const delivery = { headers: { ...kept?.headers, ...headers }, body, receivedAt: now };
  return {
    delivery,
    for(name) {
      const header = topic === undefined ? undefined : topicHeaderOf(name);
      const all = { ...delivery.headers, ...(header && topic && { [header]: topic }) };
      // Wix's body is a token, which is made of what is in it.
      return name === 'wix'
        ? deliveryOf(body, [], { source: name, headers: all, now }).delivery
        : { ...delivery, headers: all };
    },
  };
}

/** The header in which a source has its topic. */
export function topicHeaderOf(name: SourceName): string | undefined {
  const topic = loadedSource(name)?.description.event.topic;
  const place = asList(topic).find((one) => typeof one === 'string' && one.startsWith('header '));
  return typeof place === 'string' ? place.slice('header '.length) : knownSource(name).topicHeader;
}
