import { type ReferenceKind, references } from '../../events/contact.ts';
import type { ContactReference } from '../../events/event.ts';
import type { LabelJob } from '../../queue/job.ts';
import { digest } from '../../runtime/digest.ts';

/** Jobs about one contact, in the order they came. */
export type ContactJobs = readonly [LabelJob, ...LabelJob[]];

export interface ContactOwner {
  readonly site: string;
  readonly contactId: string;
}
export interface ReferenceOwner {
  readonly site: string;
  readonly reference: string;
}

/** Whose partition a reference is. It holds nothing of the address itself. */
export const referenceOwner = (
  site: string,
  { by, key }: { readonly by: ReferenceKind; readonly key: string },
): ReferenceOwner => ({ site, reference: digest(site, `${by} ${key}`) });

const BY_STRENGTH = ['email', 'memberId', 'phone'] as const;

/**
 * Where the history of somebody waits who is no contact yet: under the e-mail, else the member id, else the phone,
 * which a household may share. Undefined for who is named by a contact id alone.
 */
export function waitingOwner(site: string, contact: ContactReference): ReferenceOwner | undefined {
  const all = [...references(contact)];
  const [first] = BY_STRENGTH.flatMap((kind) => all.find(({ by }) => by === kind) ?? []);
  return first && referenceOwner(site, first);
}
