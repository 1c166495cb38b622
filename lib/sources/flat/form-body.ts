import { isObject, type JsonObject } from '../payload/access.ts';
import { MAX_KEYS } from '../payload/draft.ts';
import { decodeUtf8, isTooDeep, MAX_DEPTH, parseJson } from '../payload/parse.ts';
import type { Delivery } from '../source.ts';
import { canonical, fromJson } from './flat-keys.ts';
import { nested } from './form-keys.ts';
import { multipartFields } from './multipart.ts';

const TOO_MANY = `the form has more than ${MAX_KEYS} fields: send it in parts`;
const SEND = 'send one JSON object, or a form';

/**
 * What a body says, whatever its header calls it: JSON (`curl -d` calls everything a form), a form, or the parts
 * of one. A text says what it is instead, and what to send.
 */
export function readBody({ body, headers }: Delivery): JsonObject | string {
  const type = headers['content-type'] ?? '';
  if (isCompressed(body)) return `the body is compressed: send it without compression`;
  const begin = body.toString('latin1', 0, 400);
  if (/^multipart\//i.test(type) || /^--[^\r\n]+\r?\nContent-/i.test(begin)) {
    const fields = multipartFields(body, MAX_KEYS);
    if (fields === undefined)
      return `the body is no multipart/form-data in UTF-8, or has no boundary: ${SEND}`;
    return fields.length > MAX_KEYS ? TOO_MANY : nested(fields);
  }
  const written = decodeUtf8(body)?.trim();
  if (written === undefined) {
    return 'the body is not UTF-8 (Latin-1?), so no JSON object and no form: send it as UTF-8';
  }
  if (/^[{["]/.test(written)) return readJson(written);
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(type);
  if (isForm || /^[^\s&=<>]{1,200}=\S*$/.test(written)) return readForm(written);
  if (written === '') return `the body is empty: ${SEND}`;
  return /^<[?!a-z]/i.test(written)
    ? `the body is XML or HTML: ${SEND}`
    : `the body is no JSON object and no form: ${SEND}`;
}

/** Whether the body begins as gzip and zstd do. */
const isCompressed = (body: Buffer): boolean =>
  /^(?:1f8b|28b52ffd)/.test(body.toString('hex', 0, 4));

function readJson(written: string): JsonObject | string {
  if (isTooDeep(written)) return `the body is JSON nested deeper than ${MAX_DEPTH}: ${SEND}`;
  const value = parseJson(written);
  if (value === undefined) {
    return `the body begins like a JSON object and is no JSON, or is cut off: ${SEND}`;
  }
  // Some tools turn JSON into JSON once more.
  const inner = typeof value === 'string' ? parseJson(value) : value;
  if (!Array.isArray(inner)) {
    return isObject(inner) ? unwrapped(inner) : `the body is a text, and no JSON object: ${SEND}`;
  }
  const [only] = inner;
  if (inner.length === 1 && isObject(only)) return unwrapped(only);
  return inner.length > 1
    ? `the body is a list of ${inner.length}, and no JSON object: send one event each`
    : `the body is a list without a JSON object in it: ${SEND}`;
}

/** n8n passes on the whole request of its own webhook: the event is its body. */
function unwrapped(value: JsonObject): JsonObject {
  const { headers, body, query, params } = value;
  return isObject(body) && isObject(headers) && (isObject(query) || isObject(params))
    ? body
    : value;
}

function readForm(written: string): JsonObject | string {
  const pairs = written.split('&', MAX_KEYS + 1);
  if (pairs.length > MAX_KEYS) return TOO_MANY;
  const fields = pairs.flatMap((pair) =>
    [...new URLSearchParams(pair)].map(
      ([key, value]) => [key, withPlus(pair, key, value)] as const,
    ),
  );
  return withJson(nested(fields));
}

/** A form of one field with an object of JSON in it holds the object: Ko-fi's `data`, GitHub's `payload`. */
function withJson(form: JsonObject): JsonObject {
  const [only, ...more] = Object.entries(form);
  if (only === undefined || more.length > 0) return form;
  const inner = fromJson(only[1]);
  return isObject(inner) ? { [only[0]]: inner } : form;
}

/** A `+` that was not encoded is a blank in a form. In an e-mail address, and before a phone number, it was a `+`. */
function withPlus(pair: string, key: string, value: string): string {
  const raw = pair.slice(pair.indexOf('=') + 1);
  if (!raw.includes('+')) return value;
  const name = canonical(key);
  const trimmed = value.trim();
  if (name.includes('mail') && EMAIL_WITH_BLANKS.test(trimmed)) return trimmed.replaceAll(' ', '+');
  return raw.startsWith('+') && /phone|mobile|tel|cell|whatsapp/.test(name) && /^\d/.test(trimmed)
    ? `+${trimmed}`
    : value;
}

const EMAIL_WITH_BLANKS = /^[^\s@<>"(),;]+(?: [^\s@<>"(),;]+)+@[^\s@]+$/;
