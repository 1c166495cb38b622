// What the expressions of standing labels see. cel-js finds the type of a value by its constructor, so each type
// has a class of its own.
import { EvaluationError } from '@marcbachmann/cel-js';
import type * as plain from '../history/history.ts';
import { within } from '../history/view.ts';
import { DEFAULT_TEXTS, type HistoryType, MAY_LACK } from './fields.ts';

/** A field that an expression asked for in vain. */
export interface Lack {
  readonly type: HistoryType;
  readonly field: string;
  /** Of the thing that lacks it. */
  readonly source?: string;
  /** What the sender did not say, where that is not the field itself. */
  readonly because?: string | undefined;
}
export type NoteLack = (lack: Lack) => void;

export class HistoryOrder {
  declare readonly paid: boolean;
  declare readonly items: readonly HistoryItem[];
}
export class HistoryItem {}
export class HistorySubscription {}
export class HistoryForm {}
export class HistoryEvents {}

/** Makes the values of one evaluation, each once: a loop may ask for a list in each of its rounds. */
export interface Values {
  readonly note: NoteLack;
  readonly made: WeakMap<object, object>;
}

/** A history as a condition sees it at a time (epoch milliseconds). */
export class History {
  readonly #plain: plain.History;
  readonly #now: number;
  readonly #values: Values;
  readonly #lists: { [field in keyof typeof LISTS]?: ReturnType<(typeof LISTS)[field]> } = {};

  constructor(history: plain.History, now: number, values: Values) {
    this.#plain = history;
    this.#now = now;
    this.#values = values;
  }

  get orders(): readonly HistoryOrder[] {
    this.#lists.orders ??= LISTS.orders(this.#plain, this.#values);
    return this.#lists.orders;
  }

  get items(): readonly HistoryItem[] {
    this.#lists.items ??= LISTS.items(this.#plain, this.#values);
    return this.#lists.items;
  }

  get subscriptions(): readonly HistorySubscription[] {
    this.#lists.subscriptions ??= LISTS.subscriptions(this.#plain, this.#values);
    return this.#lists.subscriptions;
  }

  get forms(): readonly HistoryForm[] {
    this.#lists.forms ??= LISTS.forms(this.#plain, this.#values);
    return this.#lists.forms;
  }

  get events(): readonly HistoryEvents[] {
    this.#lists.events ??= LISTS.events(this.#plain, this.#values);
    return this.#lists.events;
  }

  get first(): Date | undefined {
    return this.#edge('first');
  }

  get last(): Date | undefined {
    return this.#edge('last');
  }

  /** How many things were said in it: what it costs to go over them. */
  get size(): number {
    return this.#plain.times.length;
  }

  /** The part that is younger. @param window milliseconds */
  within(window: number): History {
    return new History(within(this.#plain, this.#now - window), this.#now, this.#values);
  }

  /**
   * The sum of all paid orders of a currency, net of what was paid back.
   * @throws EvaluationError, and notes it, where the total or the currency of a paid order is not known
   */
  spent(currency: string): number {
    let sum = 0;
    for (const { paid, source, total, lacks, currency: its } of this.#plain.orders) {
      if (!paid) continue;
      if (its === undefined || total === undefined) {
        const field = its === undefined ? 'currency' : 'total';
        const because = field === 'total' ? lacks : undefined;
        this.#values.note({ type: 'HistoryOrder', field, source, because });
        throw new EvaluationError({ code: 'no_such_key', message: `No such key: ${field}` });
      }
      if (its === currency) sum += total;
    }
    // Sums of decimals are not exact: ten times 50.1 is a little more than 501.
    return Math.round(sum * 1e6) / 1e6;
  }

  #edge(field: 'first' | 'last'): Date | undefined {
    const time = this.#plain[field];
    if (time !== undefined) return new Date(time);
    this.#values.note({ type: 'History', field });
    return undefined;
  }
}

const LISTS = {
  orders: ({ orders }: plain.History, values: Values) =>
    orders.map((order) => once(order, values, orderValue)),
  items: (history: plain.History, values: Values): readonly HistoryItem[] =>
    LISTS.orders(history, values).flatMap(({ paid, items }) => (paid ? items : [])),
  subscriptions: ({ subscriptions }: plain.History, values: Values) =>
    subscriptions.map((one) => once(one, values, subscriptionValue)),
  forms: ({ forms }: plain.History, values: Values) =>
    forms.map((form) => once(form, values, formValue)),
  events: ({ events }: plain.History, values: Values) =>
    events.map((event) => once(event, values, eventsValue)),
};

function once<T extends object, V extends object>(
  thing: T,
  { note, made }: Values,
  make: (thing: T, note: NoteLack) => V,
): V {
  const known = made.get(thing) as V | undefined;
  if (known !== undefined) return known;
  const value = make(thing, note);
  made.set(thing, value);
  return value;
}

function orderValue(order: plain.HistoryOrder, note: NoteLack): HistoryOrder {
  const { lacks, source, ...rest } = order;
  const items = order.items.map((item) =>
    filled(new HistoryItem(), 'HistoryItem', item, (lack) => note({ ...lack, source })),
  );
  const values = { ...rest, source, items, at: new Date(order.at) };
  return filled(new HistoryOrder(), 'HistoryOrder', values, (lack) =>
    note({ ...lack, source, because: lack.field === 'total' ? lacks : undefined }),
  );
}

function subscriptionValue(one: plain.HistorySubscription, note: NoteLack): HistorySubscription {
  const { source, since, until } = one;
  const times = { since: new Date(since), until: until === undefined ? until : new Date(until) };
  const values = { ...one, ...times };
  return filled(new HistorySubscription(), 'HistorySubscription', values, (lack) =>
    note({ ...lack, source }),
  );
}

const formValue = (form: plain.HistoryForm, note: NoteLack): HistoryForm =>
  filled(new HistoryForm(), 'HistoryForm', { ...form, at: new Date(form.at) }, note);

const eventsValue = ({ name, source, count, first, last }: plain.HistoryEvent): HistoryEvents =>
  Object.assign(new HistoryEvents(), {
    name,
    source,
    count: BigInt(count),
    first: new Date(first),
    last: new Date(last),
  });

/** Fills a value: texts that were left out are '', and where something asks for what is missing, that is noted. */
function filled<T extends object>(value: T, type: HistoryType, given: object, note: NoteLack): T {
  for (const field of DEFAULT_TEXTS[type] ?? []) Reflect.set(value, field, '');
  for (const [field, one] of Object.entries(given)) {
    if (one !== undefined) Reflect.set(value, field, one);
  }
  for (const field of MAY_LACK[type] ?? []) {
    if (field in value) continue;
    Object.defineProperty(value, field, { get: () => void note({ type, field }) });
  }
  return value;
}
