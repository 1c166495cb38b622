import type { KeptFact } from '../history/fact.ts';
import { digest } from '../runtime/digest.ts';
import type { Owner } from './store.ts';

/** State and alias come before the facts (`#` before `f`), so that a read that ends early has them. */
export const STATE_KEY = '#state';
export const ALIAS_KEY = '#alias';

/** Of the partition of a site. */
export const FULL_REVIEW_KEY = 'full-review';
export const ERASURE_PREFIX = 'erasure#';

/** The sort keys of facts begin with one of these. */
export const FACT_PREFIXES = ['f#', 'h#'] as const;

/** DynamoDB takes sort keys of 1,024 bytes in UTF-8. */
const MOST_ID_BYTES = 800;

export const contactPrefix = (site: string): string => `${site}#c#`;

export const referencePrefix = (site: string): string => `${site}#r#`;

export const partitionOf = (owner: Owner): string =>
  'contactId' in owner
    ? `${contactPrefix(owner.site)}${owner.contactId}`
    : `${referencePrefix(owner.site)}${owner.reference}`;

/** The partition of what is known of the whole site. */
export const sitePartition = (site: string): string => `${site}#site`;

/** The contact of a partition; undefined where it is of another site, or no contact's. */
export function contactOf(site: string, partition: string): string | undefined {
  const prefix = contactPrefix(site);
  return partition.startsWith(prefix) ? partition.slice(prefix.length) : undefined;
}

/** The sort key of a thing that a customer did. A long id is hashed there: the item has its own as `id`. */
export function factKeyOf({ kind, source, id }: Pick<KeptFact, 'kind' | 'source' | 'id'>): {
  readonly key: string;
  readonly isHashed: boolean;
} {
  const isHashed = Buffer.byteLength(id) > MOST_ID_BYTES;
  const key = isHashed ? `h#${kind}#${source}#${digest(id)}` : `f#${kind}#${source}#${id}`;
  return { key, isHashed };
}

/** @returns undefined for a sort key that is no fact's; `id` is a hash where the item has its own */
export function factParts(
  sortKey: string,
): { readonly kind: string; readonly source: string; readonly id: string } | undefined {
  const [, kind, source, id] = /^[fh]#([^#]+)#([^#]+)#(.*)$/s.exec(sortKey) ?? [];
  return kind && source && id !== undefined ? { kind, source, id } : undefined;
}
