import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { earmark, earmarkHere } from '../support/earmark.ts';

const SHOP = ['capacity', '--sources', 'shopify,stripe'];
const RULES = `
rules:
  - { name: customers, on: order.paid, add: [Customer] }
  - { name: big spenders, on: order.paid, when: event.order.total >= 200.0, add: [VIP] }
  - { name: what they bought, on: order.paid, add: 'event.order.items.map(i, "Bought " + i.title)' }
  - { name: refunds, on: order.refunded, remove: [Customer] }
`;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'earmark-capacity-'));
  await writeFile(join(folder, 'rules.yml'), RULES);
});
afterAll(() => rm(folder, { recursive: true }));

test('says what a site takes and what that costs, of the rules that are given', async () => {
  // Act
  const rules = ['--rules', join(folder, 'rules.yml')];
  const { code, out, err } = await earmark([...SHOP, ...rules, '--events-per-day', '20000']);

  // Assess
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(
    /order\.paid +shopify, stripe +\+3 or more +2 +1\.11 +\d[\d.]* +162 +233,280/,
  );
  expect(out).toContain('At 180 calls a minute a site takes 162 events a minute');
  expect(out).toContain('of 10,000 lasts 62 min');
  expect(out).toContain('20,000 events a day are 8.6 % of what the site takes.');
  expect(out).toMatch(/evenly spread +in backlogs +20,000 a day\n/);
  expect(out).toMatch(/^sum( +\$\d+\.\d\d){3}$/m);
});

test('as JSON, with units in its names', async () => {
  // Act
  const { code, out, err } = await earmarkHere([...SHOP, '--repeat', '50%', '--json']);

  // Assess
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const { repeatShare, callsAMinute, events, month } = JSON.parse(out);
  expect({ repeatShare, callsAMinute }).toEqual({ repeatShare: 0.5, callsAMinute: 180 });
  expect(events[0].eventsAMinute).toBeGreaterThan(162);
  expect(month.evenly.usd).toBeGreaterThan(1);
});

test('more than a site takes is said to be too much', async () => {
  const { code, out } = await earmarkHere([...SHOP, '--events-per-day', '300000']);
  expect(code).toBe(0);
  expect(out).toContain('129 % of what the site takes: the backlog would grow');
});

test.each([
  [['--sources', 'shopfy'], 'There is no source "shopfy"'],
  [['--repeat', '130%'], 'It must be a percentage, such as 30%.'],
  [['--repeat', '0.3'], 'It must be a percentage, such as 30%.'],
  [['--events-per-day', '-1'], 'A whole number from 1 up.'],
  [['--rules', 'none.yml'], 'There is no file none.yml.'],
])('%j is refused with what to do', async (args, words) => {
  const { code, err } = await earmarkHere(['capacity', ...args]);
  expect(code).toBe(2);
  expect(err).toContain(words);
});
