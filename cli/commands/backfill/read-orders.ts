import type { CustomerEvent } from '../../../lib/events/event.ts';
import { readRules } from '../../kit/current-rules.ts';
import { CliFailure, wrongUsage } from '../../kit/failure.ts';
import { VARIANT, type Variants } from './details.ts';
import { eventsOf } from './events.ts';
import { DATES } from './exports.ts';
import { type ColumnMapping, type ColumnOptions, mappingFor } from './mapping.ts';
import { gatherOrders, type RawOrder } from './orders.ts';
import { type OnRead, openTable } from './rows.ts';
import { type DateOrder, dateOrderOf, hasZone, isSlashed } from './values.ts';

/** A file of orders, as events. */
export type ReadFile = Awaited<ReturnType<typeof readOrders>>;

export interface ReadOptions extends ColumnOptions {
  /** For dates like 3/4/2026, where the file itself does not show the order. */
  readonly dates?: DateOrder | undefined;
  /** For files that name no currency: three capital letters. */
  readonly currency?: string | undefined;
  /** For Shopify's `Mug - Red`. */
  readonly variants?: Variants | undefined;
  readonly onRead?: OnRead;
}

/**
 * @param titleRules the names of the rules that read titles of items
 * @throws CliFailure for a file that cannot be read at all; a row that cannot is only counted
 */
export async function readOrders(
  file: string,
  options: ReadOptions,
  titleRules: readonly string[] = [],
) {
  const { delimiter, columns, rows } = await openTable(file, options.onRead);
  const mapping = mappingFor(columns, options);
  const gathered = await gatherOrders(columns, rows, mapping);
  if (gathered.rows === 0) throw new CliFailure(`${file} has column names, and no orders.`);
  const written = datesIn(gathered.orders);
  const dates = options.dates ?? dateOrder(written);
  const variants = options.variants ?? variantsOf(gathered.orders, mapping, titleRules);
  const { source, columns: mapped } = mapping;
  const reading = { source, columns: mapped, dates, variants, currency: options.currency };
  const unread = [...gathered.unread];
  const orders: (readonly CustomerEvent[])[] = [];
  const unknownStatuses = new Map<string, number>();
  let undatedRefunds = 0;
  for (const raw of gathered.orders) {
    const read = eventsOf(raw, reading);
    if ('reason' in read) unread.push({ line: raw.line, key: raw.key, reason: read.reason });
    else {
      orders.push(read.events);
      undatedRefunds += Number(read.undatedRefund);
      const { unknownStatus: status } = read;
      if (status) unknownStatuses.set(status, (unknownStatuses.get(status) ?? 0) + 1);
    }
  }
  return {
    mapping,
    delimiter,
    rows: gathered.rows,
    orders,
    /** Rows and orders that were left out. */
    unread: unread.toSorted((a, b) => a.line - b.line),
    /** Refunds without a date in the file. */
    undatedRefunds,
    /** Times without a zone, not known to be UTC: the shop's own, hours off perhaps. */
    isZoneless: mapping.source !== 'stripe' && !written.every(hasZone),
    /** Statuses that are not known, and how many orders were read as not paid for it. */
    unknownStatuses,
  };
}

const datesIn = (orders: readonly RawOrder[]): string[] =>
  orders.flatMap(({ fields }) => DATES.flatMap((field) => fields.get(field) ?? []));

/** @throws CliFailure where dates like 3/4/2026 may be read in two ways */
function dateOrder(dates: readonly string[]): DateOrder {
  const order = dateOrderOf(dates);
  if (order === 'day' || order === 'month') return order;
  const example = dates.find(isSlashed);
  if (example === undefined) return 'day';
  const doubt = order === 'both' ? 'have the day first here and the month there' : 'do not show it';
  throw wrongUsage(
    `Is "${example}" the ${ordinal(example, 0)} of month ${ordinal(example, 1)}, or the other way round? The dates of the file ${doubt}. Say --dates day (the day first) or --dates month.`,
  );
}

const ordinal = (date: string, part: number): string => date.split(/[/.]/)[part] ?? '';

const EXAMPLES = 3;

/**
 * @param titleRules the rules that read titles of items: their labels depend on the answer
 * @throws CliFailure where it matters and is not known
 */
function variantsOf(
  orders: readonly RawOrder[],
  { source }: ColumnMapping,
  titleRules: readonly string[],
): Variants {
  if (source !== 'shopify' || titleRules.length === 0) return 'keep';
  const titles = new Set(orders.flatMap(({ items }) => items.map(({ title = '' }) => title)));
  const doubtful = [...titles].filter((title) => VARIANT.test(title));
  const [first] = doubtful;
  if (first === undefined) return 'keep';
  const examples = doubtful.slice(0, EXAMPLES).map((title) => `"${title}"`);
  const more = doubtful.length > EXAMPLES ? ` and ${doubtful.length - EXAMPLES} more` : '';
  throw wrongUsage(
    `Is "${first}" a variant of the product "${first.replace(VARIANT, '')}"? Shopify's export writes both into one cell, ` +
      `its webhooks name the product alone, and rules read it: ${titleRules.join(', ')}.\n` +
      `Say --variants cut if so (then labels are those that webhooks give), or --variants keep if the dash belongs to the title.\n` +
      `It concerns ${examples.join(', ')}${more}.`,
  );
}

/** The names of rules that read what no export has, or has otherwise, by what they read. */
export type RuleReads = Readonly<Record<'data' | 'tags' | 'titles', readonly string[]>>;

/** What the rules of a file read. @throws CliFailure, FileError */
export async function readRuleReads(file: string, folder: string): Promise<RuleReads> {
  const { rules } = (await readRules(file, folder)).config;
  const reading = (what: RegExp) =>
    rules
      .filter(({ when, add, remove }) => what.test(JSON.stringify([when, add, remove])))
      .map(({ name }) => name);
  return {
    data: reading(/\bevent\.data\b/),
    tags: reading(/\bevent\.tags\b/),
    titles: reading(/\.(?:title|variant)\b/),
  };
}
