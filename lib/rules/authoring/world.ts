// What the expressions of rules see, and those of standing labels. Build-time only.
import type { Environment } from '@marcbachmann/cel-js';
import { standingEnvironment } from '../../standing/environment.ts';
import * as history from '../../standing/fields.ts';
import * as events from '../environment.ts';

type Fields = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface World {
  /** The one variable that there is. */
  readonly variable: 'event' | 'history';
  readonly environment: Environment;
  /**
   * cel-js looks at no field name inside has(): `has(event.ordr)` is false for ever. So each has(…) is checked once more
   * as a function of the same length, which leaves every offset where it was.
   */
  readonly hasProbe: Environment;
  readonly types: Fields;
  /** The fields of the variable. */
  readonly fields: Readonly<Record<string, string>>;
  /** The fields, of whatever type, that are '' where the sender left them out. */
  readonly neverAbsent: ReadonlySet<string>;
  readonly page: string;
  /** Why it sees no more, by the name of what is asked for. */
  readonly alone: (variable: string) => string;
  /** How a loop is written, and has(). */
  readonly example: string;
  /** What to do with an expression that is too long. */
  readonly part: string;
  /** What a loop in loops is too slow for. */
  readonly large: string;
  /** How functions of ours are called. */
  readonly calls: ReadonlyMap<string, string>;
}

const withHasProbe = (environment: Environment) => ({
  environment,
  hasProbe: environment.clone().registerFunction('chk(dyn): bool', () => true),
});

const neverAbsent = (texts: Readonly<Record<string, readonly string[]>>): ReadonlySet<string> =>
  new Set(Object.values(texts).flat());

export const EVENT: World = {
  variable: 'event',
  ...withHasProbe(events.rulesEnvironment()),
  types: events.FIELDS,
  fields: events.FIELDS.Event,
  neverAbsent: neverAbsent(events.DEFAULT_TEXTS),
  page: 'docs/rules.md',
  alone: (name) =>
    name === 'history'
      ? 'Rules see `event` alone: put it under `labels:`'
      : 'Expressions see `event` alone',
  example: 'has(event.order), or a loop as event.order.items.exists(item, item.sku == "A1")',
  part: 'make two rules of it',
  large: 'a large order',
  calls: new Map([
    [
      'get',
      'Write get(event.data, "a.b", ""): the default is a text, a number, true or false, [] or {}',
    ],
    ['sum', 'It takes a list of doubles: event.order.items.map(i, i.price * i.quantity).sum()'],
  ]),
};

export const HISTORY: World = {
  variable: 'history',
  ...withHasProbe(standingEnvironment()),
  types: history.FIELDS,
  fields: history.FIELDS.History,
  neverAbsent: neverAbsent(history.DEFAULT_TEXTS),
  page: 'docs/labels.md',
  alone: () => 'A standing label sees `history` alone',
  example: 'has(history.last), or a loop as history.orders.exists(o, o.paid)',
  part: 'make it shorter',
  large: 'a long history',
  calls: new Map([
    ['within', 'Write history.within("365d"), with a time in m, h, d or w'],
    ['spent', 'Write history.spent("EUR"), with the currency'],
    ['get', 'It reads event.data, and a history has none'],
    ['sum', 'It takes a list of doubles: history.items.map(i, i.price * i.quantity).sum()'],
  ]),
};
