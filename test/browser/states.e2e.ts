import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { PHONE, useBrowser, WIDE } from './browser.ts';
import { RULES, useEngine } from './engine.ts';
import { HANDS } from './hands.ts';

const browser = useBrowser();
const engine = useEngine();

/** A folder for an image of each state in each look; none are made without it. */
const { SCREENSHOTS } = process.env;

const LOOKS = {
  light: { ...WIDE, colorScheme: 'light' },
  dark: { ...WIDE, colorScheme: 'dark' },
  phone: { ...PHONE, colorScheme: 'light' },
  'dark-phone': { ...PHONE, colorScheme: 'dark' },
} as const;

/** What is wrong with the page as it stands, in each look. */
async function faultsOf(page: Page, state: string): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const [look, { viewport, colorScheme }] of Object.entries(LOOKS)) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.setViewportSize(viewport);
    await page.getByText('Asking the engine').waitFor({ state: 'detached' });
    if (SCREENSHOTS) {
      mkdirSync(SCREENSHOTS, { recursive: true });
      await page.evaluate(() => scrollTo(0, 0));
      await page.screenshot({ path: join(SCREENSHOTS, `${state}-${look}.png`), fullPage: true });
    }
    await page.evaluate(() => {
      for (const details of document.querySelectorAll('details')) details.open = true;
    });
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
    const found = violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, any }) => `${id}: ${html.slice(0, 160)} ${any[0]?.message ?? ''}`),
    );
    const isWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    if (isWide) found.push('scrolls sideways');
    faults.push(...found.map((one) => `${state}, ${look}: ${one}`));
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.setViewportSize(WIDE.viewport);
  return faults;
}

const LONG = `${'somebody-with-a-long-name-'.repeat(2)}1@example.com`;

test('no state has a fault that axe finds, nor scrolls sideways', async () => {
  const page = await browser.open(engine.url);
  const hand = (HANDS.mouse as NonNullable<typeof HANDS.mouse>)(page);
  const found: string[] = [];
  const look = async (state: string): Promise<void> => {
    found.push(...(await faultsOf(page, state)));
  };
  const go = (hash: string): Promise<void> =>
    page.evaluate((to) => {
      location.hash = to;
    }, hash);
  const send = async (email: string, outcome: string): Promise<void> => {
    await hand.view('Try it');
    await hand.write('Person', email);
    await hand.press('Send order.paid');
    await page.locator('.sent li').first().getByText(outcome, { exact: true }).waitFor();
  };
  const heading = (name: string): Promise<void> =>
    page.getByRole('heading', { level: 3, name }).waitFor();

  await send(LONG, 'Labelled');
  await look('try');
  await page.getByRole('searchbox', { name: 'Find in the flow' }).fill('nobody is called so');
  await go('#/flow');
  await look('nothing-found');
  await page.getByRole('searchbox', { name: 'Find in the flow' }).fill('');
  await page.locator('.lines a').first().click();
  await heading('Request');
  await look('labelled');

  await hand.view('Contacts');
  await look('contacts');
  await page.locator('.contacts a').first().click();
  await heading('Standing labels');
  await look('contact');

  await hand.view('Rules');
  await page.getByText('The engine runs what is in the file').waitFor();
  await look('rules');
  await hand.toEnd('rules.yml');
  await page.keyboard.type('  - name: mine\non: order.paid\nwhen: event.total > 1.0');
  await page.getByRole('list', { name: 'Problems of the rules' }).getByText('total').waitFor();
  await look('rules-with-a-mistake');
  for (let i = 0; i < 'total > 1.0'.length; i += 1) await page.keyboard.press('Backspace');
  await page.keyboard.type('order.total > 1.0\nadd: [Shopper]');
  await page.getByText('other than now').first().waitFor();
  await look('rules-edited');
  engine.writeRules(`${RULES}    # somebody else\n`);
  await hand.press('Save rules.yml');
  await page.getByText('rules.yml was changed on the disk').waitFor();
  await look('rules-in-conflict');
  await hand.press('Save mine over it');
  await page.getByText('The engine runs what is in the file').waitFor();
  expect(engine.readRules()).toContain('Shopper');

  await hand.view('Break it');
  await hand.press('The site has no room for another label');
  await page.getByText('Broken on purpose').waitFor();
  await send('full@example.com', 'Dead letter');
  await hand.press('order.paid of shopify');
  await heading('Dead letter');
  await look('dead-letter');
  await hand.view('Break it');
  await hand.press('The site has no room for another label');
  await hand.press('Wix refuses the credentials');
  await send('waits@example.com', 'Waits');
  await page.getByText('Calls to Wix are stopped', { exact: true }).waitFor();
  await hand.press('order.paid of shopify');
  await heading('Tries');
  await look('waiting');
  await hand.view('Break it');
  await look('broken');

  await hand.view('Figures');
  await look('figures');
  expect(found).toEqual([]);
  await engine.end();
  await page.locator('.notice').getByText('The engine does not answer.').waitFor();
  await hand.view('Try it');
  await look('engine-gone');
  expect(found).toEqual([]);
  expect(page.errors).toEqual([]);
  await page.close();
});
