import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { PHONE, usePage, violationsOf, WIDE } from './browser.ts';

const stage = usePage();

/** Each state of the page, and what is there once it is drawn. */
const STATES: Readonly<Record<string, readonly [hash: string, heading: string]>> = {
  'sending a sample': ['#/try', 'Try it'],
  'a delivery that is done': ['#/flow/flow-1', 'order.paid'],
  'a dead letter': ['#/flow/flow-2', 'order.paid'],
  'a job that waits': ['#/flow/flow-3', 'order.paid'],
  rules: ['#/rules', 'Rules'],
  contacts: ['#/contacts', 'Contacts and labels'],
  'one contact': ['#/contacts/contact-ada%40example.com', 'Ada Lovelace'],
  breaking: ['#/break', 'Break it'],
  figures: ['#/figures', 'Figures'],
};

const LOOKS = {
  light: { ...WIDE, colorScheme: 'light' },
  dark: { ...WIDE, colorScheme: 'dark' },
  'a phone': { ...PHONE, colorScheme: 'light' },
  'a dark phone': { ...PHONE, colorScheme: 'dark' },
} as const;

async function fill(): Promise<void> {
  const { world } = stage;
  const send = (email: string) =>
    world.send({ source: 'shopify', headers: {}, body: JSON.stringify({ email }) });
  const isDone = (count: number) => () => {
    const { flows } = world.whole();
    return flows.length === count && flows.every(({ state }) => !/received|queued/.test(state));
  };
  send('ada@example.com');
  await until(isDone(1));
  world.setPreset('full', true);
  send('full@example.com');
  await until(isDone(2));
  world.setPreset('full', false);
  world.setPreset('down', true);
  send('late@example.com');
  await until(isDone(3));
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((go) => setTimeout(go, 10));
}

const openAll = (page: Page): Promise<void> =>
  page.evaluate(() => {
    for (const details of document.querySelectorAll('details')) details.open = true;
  });

test.each(Object.entries(LOOKS))('nothing that axe finds, in %s', async (look, options) => {
  if (stage.world.whole().flows.length === 0) await fill();
  const page = await stage.open(options);
  const found: string[] = [];
  const check = async (state: string): Promise<void> => {
    const violations = await violationsOf(page);
    const isWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    found.push(...violations.map((one) => `${state}: ${one}`));
    if (isWide) found.push(`${state}: scrolls sideways`);
  };
  await check('the flow');
  for (const [state, [hash, heading]] of Object.entries(STATES)) {
    await page.evaluate((to) => {
      location.hash = to;
    }, hash);
    await page.getByRole('heading', { level: 2, name: heading, exact: true }).waitFor();
    await page.getByText('Asking the engine').waitFor({ state: 'detached' });
    await openAll(page);
    await check(state);
  }
  expect({ look, found }).toEqual({ look, found: [] });
  await page.close();
});

test('nothing that axe finds with a mistake in the rules', async () => {
  const page = await stage.open(WIDE, '#/rules');
  await page.getByText('As it is in the file.').waitFor();
  await page.getByRole('textbox', { name: 'rules.yml' }).focus();
  await page.keyboard.press('Control+End');
  await page.keyboard.type('# event.total');
  await page.getByText('There is no field `total`').first().waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.close();
});
