import { hash } from 'node:crypto';
import type { StandingDefinition } from '../rules/config.ts';

/** The same for the same definitions: 12 hex digits. Apart from the rest, so that `wake` gets it without CEL. */
export const definitionsHash = (definitions: readonly StandingDefinition[]): string =>
  hash('sha256', JSON.stringify(definitions)).slice(0, 12);
