import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CustomerEvent } from '../../lib/events/event.ts';
import { digest } from '../../lib/queue/identity.ts';
import { loadRules, RulesError } from '../../lib/rules/load.ts';
import { type CompiledRules, compileRules } from '../../lib/rules/match.ts';
import { CliFailure, EXIT } from '../failure.ts';
import { eventsOf } from './events.ts';
import { type Mapping, type MappingOptions, mappingFor } from './mapping.ts';
import { gatherOrders, type RawOrder, type Unread } from './orders.ts';
import { openTable } from './rows.ts';
import { type DateOrder, dateOrderOf, isSlashed } from './values.ts';

/** A file of orders, as events. */
export interface ReadFile {
  readonly mapping: Mapping;
  readonly delimiter: string;
  readonly rows: number;
  readonly orders: readonly (readonly CustomerEvent[])[];
  /** Rows and orders that were left out. */
  readonly unread: readonly Unread[];
  /** Refunds whose date the file does not tell. */
  readonly undatedRefunds: number;
}

export interface ReadOptions extends MappingOptions {
  /** For dates like 3/4/2026, where the file itself does not tell. */
  readonly dates?: DateOrder | undefined;
}

/** @throws CliFailure for a file that cannot be read at all; a row that cannot is only counted */
export async function readOrders(file: string, options: ReadOptions): Promise<ReadFile> {
  const { delimiter, columns, rows } = await openTable(file);
  const mapping = mappingFor(columns, options);
  const gathered = await gatherOrders(columns, rows, mapping);
  const order = options.dates ?? dateOrder(gathered.orders);
  const unread = [...gathered.unread];
  const orders: (readonly CustomerEvent[])[] = [];
  let undatedRefunds = 0;
  for (const raw of gathered.orders) {
    const read = eventsOf(raw, mapping.source, order);
    if ('reason' in read) unread.push({ line: raw.line, key: raw.key, reason: read.reason });
    else {
      orders.push(read.events);
      undatedRefunds += Number(read.undatedRefund);
    }
  }
  const inOrder = unread.toSorted((a, b) => a.line - b.line);
  return { mapping, delimiter, rows: gathered.rows, orders, unread: inOrder, undatedRefunds };
}

const DATES = ['createdAt', 'paidAt', 'fulfilledAt', 'canceledAt', 'refundedAt'] as const;

/** @throws CliFailure where dates like 3/4/2026 may be read in two ways */
function dateOrder(orders: readonly RawOrder[]): DateOrder {
  const dates = orders.flatMap(({ fields }) => DATES.flatMap((field) => fields.get(field) ?? []));
  const order = dateOrderOf(dates);
  if (order === 'day' || order === 'month') return order;
  const example = dates.find(isSlashed);
  if (example === undefined) return 'day';
  const doubt = order === 'both' ? 'have the day first here and the month there' : 'do not tell';
  throw new CliFailure(
    `Is "${example}" the ${ordinal(example, 0)} of month ${ordinal(example, 1)}, or the other way round? The dates of the file ${doubt}. Say --dates day (the day first) or --dates month.`,
    EXIT.usage,
  );
}

const ordinal = (date: string, part: number): string => date.split(/[/.]/)[part] ?? '';

/** The rules of the project's folder, and a hash of them. @throws CliFailure */
export async function readRules(
  folder: string,
): Promise<{ rules: CompiledRules; hash: string; readsData: readonly string[] }> {
  const file = join(folder, 'rules.yml');
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new CliFailure(
      `${file} cannot be read: ${error.message}. Run this in the project's folder.`,
    );
  });
  try {
    const config = loadRules(text, 'rules.yml');
    const readsData = config.rules
      .filter((rule) => JSON.stringify(rule).includes('event.data'))
      .map(({ name }) => name);
    return { rules: compileRules(config), hash: digest(JSON.stringify(config)), readsData };
  } catch (error) {
    throw error instanceof RulesError ? new CliFailure(error.message) : error;
  }
}
