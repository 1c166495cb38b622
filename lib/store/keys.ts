import type { KeptFact } from '../history/fact.ts';
import { digest } from '../runtime/digest.ts';
import type { Owner } from './store.ts';

/** State and alias come before the facts (`#` before `f`), so that a read that ends early has them. */
export const STATE_KEY = '#state';
export const ALIAS_KEY = '#alias';

/** DynamoDB takes sort keys of 1,024 bytes in UTF-8. */
const MOST_ID_BYTES = 800;

const contactPrefix = (site: string): string => `${site}#c#`;

export const partitionOf = (owner: Owner): string =>
  'contactId' in owner
    ? `${contactPrefix(owner.site)}${owner.contactId}`
    : `${owner.site}#r#${owner.reference}`;

/** The partition of what is known of the whole site. */
export const sitePartition = (site: string): string => `${site}#site`;

/** The contact of a partition; undefined where it is of another site, or no contact's. */
export function contactOf(site: string, partition: string): string | undefined {
  const prefix = contactPrefix(site);
  return partition.startsWith(prefix) ? partition.slice(prefix.length) : undefined;
}

/** Equal for all facts about one thing. A long id is hashed; its own stands in the item. */
export function factSortKey({
  kind,
  source,
  id,
}: Pick<KeptFact, 'kind' | 'source' | 'id'>): string {
  const isLong = Buffer.byteLength(id) > MOST_ID_BYTES;
  return isLong ? `h#${kind}#${source}#${digest(id)}` : `f#${kind}#${source}#${id}`;
}

/** @returns undefined for a sort key that is no fact's; `id` is a hash where the item has its own `id` */
export function factParts(
  sortKey: string,
): { readonly kind: string; readonly source: string; readonly id: string } | undefined {
  const [, kind, source, id] = /^[fh]#([^#]+)#([^#]+)#(.*)$/s.exec(sortKey) ?? [];
  return kind && source && id !== undefined ? { kind, source, id } : undefined;
}
