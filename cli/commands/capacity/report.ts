import { type BillItem, ITEM_NAMES } from '../../../cost/bill.ts';
import { table } from '../../../terminal/table.ts';
import { paint, type Terminal } from '../../kit/terminal.ts';
import type { Estimate, EventRow, MonthBill } from './estimate.ts';

const whole = (value: number): string => Math.floor(value).toLocaleString('en-US');
const calls = (value: number): string => value.toFixed(2).replace(/\.00$/, '');
const usd = (value: number): string => `$${value.toFixed(2)}`;

/** For people: what an event costs in calls, what a site takes, and what a month costs. */
export function renderEstimate(estimate: Estimate, terminal: Terminal): string {
  const bold = (text: string): string => paint(terminal, 'bold', text);
  return [
    bold('Calls to Wix an event, and events that a site takes'),
    '',
    renderEvents(estimate.events, terminal),
    '',
    ...renderCapacity(estimate),
    '',
    bold('AWS, a million events in a month, list prices'),
    '',
    renderBill(estimate),
    ...renderStanding(estimate),
    '',
    ...renderSources(estimate),
    '',
  ].join('\n');
}

function renderEvents(events: readonly EventRow[], { columns: width }: Terminal): string {
  const head = ['event', 'from', 'labels', 'new', 'in a rush', 'again', 'a minute', 'a day'];
  const rows = events.map((row) => [
    row.type,
    row.sources.join(', '),
    labelsOf(row),
    calls(row.newCustomer),
    calls(row.newCustomerInRush),
    calls(row.repeat),
    whole(row.eventsAMinute),
    whole(row.eventsADay),
  ]);
  return table([head, ...rows], [3, 4, 5, 6, 7], { column: 1, width });
}

function labelsOf({ labels: { add, remove, computed } }: EventRow): string {
  const counts = [add > 0 ? `+${add}` : '', remove > 0 ? `-${remove}` : ''].filter((text) => text);
  return `${counts.join(' ')}${computed > 0 ? ' or more' : ''}`;
}

function renderCapacity({ events, bursts, callsAMinute, repeatShare, perDay }: Estimate): string[] {
  const [dearest] = events;
  if (!dearest) return [];
  const { type, by, labelNames } = dearest;
  const repeats = repeatShare > 0 ? `, ${percent(repeatShare)} of them again,` : '';
  const words = [
    `At ${callsAMinute} calls a minute a site takes ${whole(dearest.eventsAMinute)} events a minute of the dearest kind (${type}, by ${by})${repeats} or ${whole(dearest.eventsADay)} a day.`,
    `Up to ${whole(dearest.eventsAMinuteOneByOne)} a minute none waits for another; beyond that they queue, and a full batch shares its look-up ("in a rush").`,
    `A burst of ${bursts.map(({ events: count, minutes }) => `${whole(count)} lasts ${duration(minutes)}`).join(', of ')}.`,
    `"New" is a customer's first event, "again" the same labels within five minutes. Up to ${labelNames} calls more find or make the labels, once in a worker's life.`,
  ];
  if (!perDay) return words;
  const share = percent(perDay.shareOfCapacity);
  const fits = `${whole(perDay.events)} events a day are ${share} of what the site takes`;
  return perDay.shareOfCapacity <= 1
    ? [...words, `${fits}.`]
    : [
        ...words,
        `${fits}: the backlog would grow until jobs become dead letters. Narrow the rules.`,
      ];
}

const percent = (share: number): string =>
  `${share > 0 && share < 0.1 ? (share * 100).toFixed(1) : Math.round(share * 100)} %`;

function duration(minutes: number): string {
  if (minutes < 1.5) return `${Math.ceil(minutes * 60)} s`;
  return minutes < 120 ? `${Math.round(minutes)} min` : `${(minutes / 60).toFixed(1)} h`;
}

function renderBill({ month, perDay }: Estimate): string {
  const { evenly, backlog } = month;
  const columns: (readonly [string, MonthBill])[] = [
    ['evenly spread', evenly],
    ['in backlogs', backlog],
  ];
  if (perDay) columns.push([`${whole(perDay.events)} a day`, perDay.month]);
  const isUsed = (item: BillItem) => columns.some(([, { usdByItem }]) => usdByItem[item] > 0);
  const row = (name: string, of: (bill: MonthBill) => number): string[] => [
    name,
    ...columns.map(([, bill]) => usd(of(bill))),
  ];
  return table(
    [
      ['', ...columns.map(([name]) => name)],
      ...ITEM_NAMES.filter(isUsed).map((item) => row(item, ({ usdByItem }) => usdByItem[item])),
      row('sum', (bill) => bill.usd),
      row('after what is free', ({ afterAllowances }) => afterAllowances.usd),
    ],
    columns.map((_, at) => at + 1),
  );
}

function renderStanding({ standing }: Estimate): string[] {
  if (standing === undefined) return [];
  const { usdAMillion, reviewsAnEvent, callsAnEvent, usdAMonth, callsADay } = standing;
  const perDay =
    usdAMonth === undefined || callsADay === undefined
      ? ''
      : ` Of your events that is ${usd(usdAMonth)} a month, and ${whole(callsADay)} calls a day.`;
  return [
    '',
    `Standing labels add ${usd(usdAMillion)} for table and schedule, and later reviews: an event leads to ${reviewsAnEvent} at most, of ${callsAnEvent} calls to Wix together, spread over the windows of the labels.${perDay}`,
  ];
}

function renderSources({ prices, measured }: Estimate): string[] {
  return [
    `Prices: ${prices.region}, arm64, without tax, looked up ${prices.date} (${prices.file}).`,
    `Measured by \`${measured.command}\` on ${measured.date.slice(0, 10)}. An estimate: no bill was seen (docs/cost.md).`,
  ];
}
