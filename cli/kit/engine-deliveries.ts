import { readKeptDeliveries } from '../../engine/kept-deliveries.ts';
import { deliveriesFolderOf } from '../../engine/state.ts';
import type { PastDelivery } from './target.ts';

/** What an engine kept without what came again. @param statePath that of an engine that runs or has ended */
export async function* engineDeliveries(
  statePath: string,
  since: number,
): AsyncGenerator<PastDelivery> {
  for await (const kept of readKeptDeliveries(deliveriesFolderOf(statePath), since)) {
    const { id, source, answer, headers, body, receivedAt } = kept;
    if (answer.status === 'duplicate') continue;
    yield { id, source, delivery: { headers, body, receivedAt: Date.parse(receivedAt) } };
  }
}
