import { join } from 'node:path';

/**
 * The folder of a user who runs Earmark with the rules it came with. Tests and benchmarks run in it: their results
 * must not depend on the rules, tests and settings of the person who runs them.
 */
export const SHOP = join(import.meta.dirname, 'shop');
export const SHOP_RULES = join(SHOP, 'rules.yml');
