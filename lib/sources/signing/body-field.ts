import { readBody } from '../flat/form-body.ts';
import { at, isObject } from '../payload/access.ts';
import { decodeUtf8, parseJson } from '../payload/parse.ts';
import type { Delivery } from '../source.ts';

/**
 * The text at a path of a body that is not verified yet, JSON or a form; undefined where there is none. It never
 * throws: how large a body is, how deep it is nested and how many fields it has are all bounded.
 */
export function bodyText(delivery: Delivery, path: string): string | undefined {
  const found = at(parsed(delivery), path);
  return typeof found === 'string' ? found : undefined;
}

/** The same, or the digits of a number. */
export function bodyScalar(delivery: Delivery, path: string): string | undefined {
  const found = at(parsed(delivery), path);
  return typeof found === 'number' ? String(found) : bodyText(delivery, path);
}

/** JSON as it stands, for a path may begin at a list; anything else as a form. */
function parsed(delivery: Delivery): unknown {
  const json = parseJson(decodeUtf8(delivery.body) ?? '');
  return isObject(json) || Array.isArray(json) ? json : readBody(delivery);
}
