import { CliFailure, EXIT } from '../../kit/failure.ts';
import type { Mapping } from './mapping.ts';
import type { RawOrder } from './orders.ts';

/** What becomes of the variant in `Mug - Red`. */
export type Variants = 'cut' | 'keep';

/**
 * Shopify's export writes product and variant into one cell (`Classic Tee - Black / M`), its webhooks have the
 * product as `title`. A title can have such a dash of its own, so nobody but the shop can tell.
 */
const VARIANT = / - (?:(?! - ).)+$/;

export const withoutVariant = (title: string): string => title.replace(VARIANT, '');

/** What `withoutVariant` leaves out, without the dash. */
export const variantIn = (title: string): string | undefined => VARIANT.exec(title)?.[0].slice(3);

const EXAMPLES = 3;

/**
 * @param titleRules the rules that read titles of items: their labels depend on the answer
 * @throws CliFailure where it matters and is not known
 */
export function variantsOf(
  orders: readonly RawOrder[],
  { source }: Mapping,
  titleRules: readonly string[],
): Variants {
  if (source !== 'shopify' || titleRules.length === 0) return 'keep';
  const titles = new Set(orders.flatMap(({ items }) => items.map(({ title = '' }) => title)));
  const doubtful = [...titles].filter((title) => VARIANT.test(title));
  const [first] = doubtful;
  if (first === undefined) return 'keep';
  const examples = doubtful.slice(0, EXAMPLES).map((title) => `"${title}"`);
  const more = doubtful.length > EXAMPLES ? ` and ${doubtful.length - EXAMPLES} more` : '';
  throw new CliFailure(
    `Is "${first}" a variant of the product "${withoutVariant(first)}"? Shopify's export writes both into one cell, ` +
      `its webhooks name the product alone, and rules read it: ${titleRules.join(', ')}.\n` +
      `Say --variants cut if so (then labels are those that webhooks give), or --variants keep if the dash belongs to the title.\n` +
      `It concerns ${examples.join(', ')}${more}.`,
    EXIT.usage,
  );
}
