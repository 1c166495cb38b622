import { join } from 'node:path';

/**
 * The folder of a user who runs Earmark with the rules that it came with. Tests and benchmarks run in it: what
 * they find must not hang on the rules, tests and settings of whoever runs them.
 */
export const SHOP = join(import.meta.dirname, 'shop');
export const SHOP_RULES = join(SHOP, 'rules.yml');
