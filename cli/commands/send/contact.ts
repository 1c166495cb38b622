import * as z from 'zod/mini';
import type { Buyer } from '../../../samples/samples.ts';
import { CliFailure, EXIT } from '../../kit/failure.ts';

const Contacts = z.object({ contacts: z.array(z.object({ id: z.string() })) });
const Added = z.object({ id: z.string() });

/**
 * Sees to it that a simulated Wix has the buyer as a contact (docs/simulator.md): it starts with the
 * contacts of the engine's own samples.
 */
export async function ensureContact(
  simulatorUrl: string,
  { email, phone, firstName, lastName }: Buyer,
): Promise<{ readonly id: string; readonly isNew: boolean }> {
  const url = `${simulatorUrl}/_simulator/contacts`;
  const found = Contacts.parse(await answerOf(`${url}?email=${encodeURIComponent(email)}`));
  const [first] = found.contacts;
  if (first) return { id: first.id, isNew: false };
  const contact = { email, firstName, lastName, ...(phone && { phone }) };
  const body = JSON.stringify(contact);
  const { id } = Added.parse(await answerOf(url, { method: 'POST', body }));
  return { id, isNew: true };
}

async function answerOf(url: string, init?: RequestInit): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { ...init, headers }).catch(() => undefined);
  if (response?.ok) return response.json();
  throw new CliFailure(
    `The simulated Wix at ${url} ${response ? `answered ${response.status}` : 'cannot be reached'}. ` +
      'Send without seeing to the contact: --no-contact.',
    EXIT.unreachable,
  );
}
