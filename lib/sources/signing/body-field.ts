import { readBody } from '../flat/form-body.ts';
import { at } from '../payload/access.ts';
import type { Delivery } from '../source.ts';

// The body is read as the reader of described sources reads it, so that what proves it is what is read of it. It is not
// verified yet: how large it is, how deep it is nested and how many fields it has are all bounded, and nothing throws.

/** The text at a path of the body; undefined where there is none. */
export function bodyText(delivery: Delivery, path: string): string | undefined {
  const found = at(readBody(delivery), path);
  return typeof found === 'string' ? found : undefined;
}

/** The text or the number at a path of the body; undefined where there is none. */
export function bodyScalar(delivery: Delivery, path: string): string | undefined {
  const found = at(readBody(delivery), path);
  return typeof found === 'number' || typeof found === 'string' ? String(found) : undefined;
}
