import { resolve } from 'node:path';
import {
  deliveryOf,
  deliveryOfData,
  PayloadProblem,
  textHeaders,
  type UnsignedDelivery,
} from './payload.ts';
import { readPayloadFile } from './payload-files.ts';
import type { GivenEvent } from './test-file.ts';
import type { Tried } from './try.ts';

/**
 * The delivery of an event of a test.
 * @param folder of the tests: their own paths are relative to it
 * @param now when it comes in, where the event does not say. Epoch milliseconds
 * @throws PayloadProblem
 */
export async function deliveryOfEvent(
  { source, topic, headers = {}, body, file, at = Number.NaN }: GivenEvent,
  folder: string,
  now: number,
): Promise<UnsignedDelivery> {
  const arrival = Number.isNaN(at) ? now : at;
  const options = { source, topic, headers: textHeaders(headers), now: arrival };
  if (source !== undefined && file === undefined) return deliveryOfData(source, body, options);
  const { bytes, folders } = await readPayloadFile(resolve(folder, file ?? '')).catch(() => {
    throw new PayloadProblem(`there is no file ${file} beside the tests`);
  });
  return deliveryOf(bytes, folders, options);
}

/** What is wrong with an event that was read, whatever a test expects of it. */
export function troublesOf(tried: Tried): readonly string[] {
  if (tried.kind !== 'events') return [];
  const failures = tried.verdicts.flatMap(({ rule, failure }) =>
    failure ? [`rule "${rule}" fails: ${failure}`] : [],
  );
  const nobody = 'the event names nobody: it would become a dead letter';
  return [...failures, ...(tried.namesNobody ? [nobody] : [])];
}
