import * as z from 'zod/mini';
import { type SimulatedAnswer, validationError } from './answers.ts';

const whole = z.int().check(z.nonnegative());

/** `paging` of a query. The maximum is the caller's to check: it differs, and so does the refusal. */
export const Paging = z.object({
  limit: z.nullish(whole),
  offset: z.nullish(whole),
});

const Sorting = z.object({
  fieldName: z.string(),
  order: z.optional(z.enum(['ASC', 'DESC'])),
});

/** `sort` and `paging` in the body of a query; `filter` is compiled apart, `fields` are not imitated. */
export const Query = z.object({
  query: z.optional(
    z.object({
      filter: z.optional(z.unknown()),
      sort: z.optional(z.array(Sorting)),
      paging: z.nullish(Paging),
    }),
  ),
});

export interface Page<T> {
  readonly items: readonly T[];
  /** Wix calls it `metadata` or `pagingMetadata`, by endpoint. */
  readonly metadata: {
    readonly count: number;
    readonly offset: number;
    readonly total: number;
    readonly tooManyToCount: false;
  };
}

export function pageOf<T>(
  all: readonly T[],
  paging: z.infer<typeof Paging> | null | undefined,
  defaultLimit: number,
): Page<T> {
  const offset = paging?.offset ?? 0;
  const items = all.slice(offset, offset + (paging?.limit ?? defaultLimit));
  const metadata = {
    count: items.length,
    offset,
    total: all.length,
    tooManyToCount: false,
  } as const;
  return { items, metadata };
}

/** Labels and members; Contacts has a code of its own, `ILLEGAL_LIMIT`. */
export const limitTooHigh = (field: string, max: number): SimulatedAnswer =>
  validationError([{ field, description: `is more than ${max}`, violatedRule: 'MAX' }]);

/** Compares by code units, so that the order is the same on every machine. */
export function sortedBy<T>(
  items: readonly T[],
  value: (item: T) => string,
  order: 'ASC' | 'DESC' | undefined,
): T[] {
  const sign = order === 'DESC' ? -1 : 1;
  return items.toSorted((a, b) => {
    const [left, right] = [value(a), value(b)];
    if (left === right) return 0;
    return left < right ? -sign : sign;
  });
}
