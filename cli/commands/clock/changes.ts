import * as z from 'zod/mini';
import { table } from '../../../terminal/table.ts';
import type { Target } from '../../kit/target.ts';

const names = z.catch(z.array(z.string()), []);
const Job = z.object({
  time: z.string(),
  message: z.literal('job'),
  outcome: z.literal('done'),
  contactId: z.string(),
  added: names,
  removed: names,
});
const Contacts = z.object({
  contacts: z.array(z.object({ id: z.string(), email: z.catch(z.string(), '') })),
});

/**
 * The labels that came and went since then, by the log: a line for each job that changed any.
 * @param since epoch milliseconds, of the engine's time
 */
export async function changedLabels(
  target: Pick<Target, 'logs' | 'simulatorUrl'>,
  since: number,
): Promise<readonly string[]> {
  const lines = await target.logs({ anyOf: ['"message":"job"'], since });
  const changed = lines
    .flatMap((line) => Job.safeParse(line).data ?? [])
    .filter(({ added, removed }) => added.length + removed.length > 0);
  if (changed.length === 0) return ['No label came or went.'];
  const emails = await emailsOf(target.simulatorUrl ?? '');
  const rows = changed.map(({ time, contactId, added, removed }) => [
    time.slice(0, 10),
    emails.get(contactId) ?? contactId,
    [...added.map((name) => `+${name}`), ...removed.map((name) => `-${name}`)].join('  '),
  ]);
  return table(rows).split('\n');
}

async function emailsOf(simulatorUrl: string): Promise<ReadonlyMap<string, string>> {
  const response = await fetch(`${simulatorUrl}/_simulator/contacts`).catch(() => undefined);
  const { data } = Contacts.safeParse(await response?.json());
  return new Map(
    data?.contacts.flatMap(({ id, email }): [string, string][] => (email ? [[id, email]] : [])),
  );
}
