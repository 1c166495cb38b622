import { GB, PRICES, type Price } from './prices.ts';

/** What AWS meters. */
type Meter = keyof typeof PRICES;

/** Quantities by meter, in the units of the price list; what is absent is not used. */
export type Usage = Readonly<Partial<Record<Meter, number>>>;

interface Bill {
  /** Dollars by meter. */
  readonly lines: Readonly<Partial<Record<Meter, number>>>;
  readonly usd: number;
}

const METERS = Object.keys(PRICES) as readonly Meter[];

export function plus(...usages: readonly Usage[]): Usage {
  return Object.fromEntries(
    METERS.map((meter) => [meter, usages.reduce((sum, usage) => sum + (usage[meter] ?? 0), 0)]),
  );
}

export function times(usage: Usage, factor: number): Usage {
  return Object.fromEntries(METERS.map((meter) => [meter, (usage[meter] ?? 0) * factor]));
}

/**
 * @param usage for `allowances`, that of a whole month
 * @param allowances whether what an account has free each month is taken off first
 */
export function bill(usage: Usage, { allowances = false } = {}): Bill {
  const lines = Object.fromEntries(
    METERS.map((meter) => {
      const { usd, per, free = 0 }: Price = PRICES[meter];
      const billed = Math.max(0, (usage[meter] ?? 0) - (allowances ? free : 0));
      return [meter, (billed / per) * usd];
    }),
  );
  return { lines, usd: Object.values(lines).reduce((sum, line) => sum + line, 0) };
}

/** List price, without allowances. */
export const usdOf = (usage: Usage): number => bill(usage).usd;

/** How many requests a payload is billed as: one at least, and one for each chunk begun. */
export const chunks = (bytes: number, chunkKb: number): number =>
  Math.max(1, Math.ceil(bytes / (chunkKb * 1024)));

/** What Lambda bills for one run: whole milliseconds times memory. */
export const gbSeconds = (memoryMb: number, ms: number): number =>
  (memoryMb / 1024) * (Math.ceil(ms) / 1000);

export const gigabytes = (bytes: number): number => bytes / GB;

/** The lines of a bill that people read, each the sum of its meters. */
const ITEMS = {
  'API Gateway': ['httpApiRequests'],
  Lambda: ['lambdaRequests', 'lambdaGbSeconds'],
  SQS: ['sqsFifoRequests'],
  store: ['storeWriteUnits', 'storeReadUnits'],
  logs: ['logsIngestedGb', 'logsStoredGbMonths'],
  'sent out': ['dataOutGb'],
  parameters: ['kmsRequests', 'standardParameterMonths'],
  alarms: ['alarmMonths'],
  metrics: ['metricMonths'],
  dashboard: ['dashboardMonths'],
} as const satisfies Readonly<Record<string, readonly Meter[]>>;

export type BillItem = keyof typeof ITEMS;
export const ITEM_NAMES = Object.keys(ITEMS) as readonly BillItem[];

/** Dollars of one line. */
export const usdFor = (item: BillItem, { lines }: Bill): number =>
  ITEMS[item].reduce((sum, meter) => sum + (lines[meter] ?? 0), 0);
