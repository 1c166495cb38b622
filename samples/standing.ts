import { join } from 'node:path';

/** Rules with standing labels, for tests and benchmarks. */
export const STANDING_RULES = join(import.meta.dirname, 'standing', 'rules.yml');
