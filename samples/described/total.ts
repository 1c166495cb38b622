import type { Amount } from '../../lib/sources/authoring/forms.ts';
import type { Description } from '../../lib/sources/described/description.ts';
import { amountIn, asList, type Scope, valueAt } from '../../lib/sources/described/values.ts';
import { isObject } from '../../lib/sources/payload/access.ts';
import type { Payload } from '../sampler.ts';
import { formsOf } from './forms.ts';

/** What is known of the sample whose total changes. */
export interface Priced {
  readonly scope: Scope;
  readonly topic: string;
  readonly order:
    | { readonly total?: number | undefined; readonly currency?: string | undefined }
    | undefined;
}

/**
 * The payload with another total, in the form that it has there: minor units, hundredths or a decimal.
 * @throws RangeError where the sample has none, or none that stands in one place
 */
export function withTotal(
  payload: Payload,
  total: number,
  description: Description,
  { scope, topic, order }: Priced,
): Payload {
  const read = order?.total;
  if (!read) throw new RangeError(`The sample of ${topic} has no total.`);
  const place = formsOf(description, topic, 'order')
    .flatMap((one) => asList<Amount>(one.total))
    .filter((form) => amountIn(scope, form, order.currency) === read)
    .map(placeOf)
    .find((found) => found !== undefined);
  const written = place === undefined ? undefined : valueAt(scope, place);
  if (place === undefined || written === undefined) {
    throw new RangeError(
      `The total of ${topic} stands in no single place of the body. Set the amounts that it is made of with --set.`,
    );
  }
  // A hundred where the sender counts in cents.
  const factor = Math.round(Number(written) / read);
  const amount =
    factor === 1 ? total.toFixed(decimalsOf(String(written))) : String(Math.round(total * factor));
  const value = typeof written === 'number' ? Number(amount) : amount;
  return withValue(payload, place.replace(/^\//, ''), value) as Payload;
}

/** The place of an amount in the body; undefined for one that is not written there. */
function placeOf(form: Amount): string | undefined {
  if (typeof form === 'string') return form.startsWith('header ') ? undefined : form;
  if ('minor' in form) return form.minor;
  return 'hundredths' in form ? form.hundredths : undefined;
}

/** Two at least, as money has. */
const decimalsOf = (written: string): number => Math.max(2, written.split('.')[1]?.length ?? 0);

/** A copy with a value at a path, which is there. A key that itself holds the dots wins, as where it is read. */
function withValue(holder: unknown, path: string, value: unknown): unknown {
  const [key = '', ...rest] =
    isObject(holder) && Object.hasOwn(holder, path) ? [path] : path.split('.');
  const inner = (holder as Readonly<Record<string, unknown>>)[key];
  const changed = rest.length === 0 ? value : withValue(inner, rest.join('.'), value);
  if (Array.isArray(holder)) return holder.with(Number(key), changed);
  return { ...(holder as object), [key]: changed };
}
