import * as z from 'zod/mini';
import type { Call } from './calls/client.ts';

const Label = z.object({
  key: z.string().check(z.minLength(1)),
  displayName: z.optional(z.nullable(z.string())),
});
const FoundLabel = z.object({ label: Label });
const Labels = z.object({ labels: z.optional(z.nullable(z.array(Label))) });

/**
 * Find Or Create Label. A label is found by its exact display name. Returns its key, which Wix chooses.
 * https://dev.wix.com/docs/api-reference/crm/members-contacts/contacts/labels/find-or-create-label (checked 2026-11-21)
 */
export async function findOrCreateLabel(call: Call, displayName: string): Promise<string> {
  const { label } = await call({
    operation: 'findOrCreateLabel',
    method: 'POST',
    path: '/contacts/v4/labels',
    body: { displayName },
    answer: FoundLabel,
  });
  return label.key;
}

/** Names that one query is given: nobody says how many a filter takes, and a page may hold 1,000 labels. */
export const NAMES_PER_QUERY = 100;

/**
 * Query Labels by display name: keys by name. The index may be behind: a name that is missing may exist.
 * https://dev.wix.com/docs/sdk/backend-modules/crm/labels/query-labels (checked 2026-11-21)
 */
export async function queryLabels(
  call: Call,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { labels } = await call({
    operation: 'queryLabels',
    method: 'POST',
    path: '/contacts/v4/labels/query',
    body: { query: { filter: { displayName: { $in: names } }, paging: { limit: 1000 } } },
    answer: Labels,
  });
  return new Map((labels ?? []).map(({ displayName, key }) => [displayName ?? '', key]));
}
