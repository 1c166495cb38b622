import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { until } from '../support/until.ts';
import { useBrowser } from './browser.ts';
import { RULES, useEngine } from './engine.ts';
import { HANDS } from './hands.ts';

const browser = useBrowser();
const engine = useEngine();

const DOWN = 'Wix answers every call with 503';
const FULL = 'The site has no room for another label';
const RUNS = 'The engine runs what is in the file';

/** The outcome of what was sent last from the page, once it is so. */
const sentIs = (page: Page, outcome: string): Promise<void> =>
  page.locator('.sent li').first().getByText(outcome, { exact: true }).waitFor();

/** What stands at a person's line in the flow, once it is so. */
const lineIs = (page: Page, email: string, text: string): Promise<void> =>
  page.locator('.lines tbody tr').filter({ hasText: email }).filter({ hasText: text }).waitFor();

/** What a screen reader is given to say, once it has the words. */
const says = (page: Page, words: RegExp): Promise<void> =>
  page.getByRole('status').filter({ hasText: words }).waitFor({ state: 'attached' });

const comes = (email: string, label: string) =>
  until(async () => (await engine.labelsOf(email)).includes(label));

test.each(Object.entries(HANDS))('the two minutes, by %s', async (name, handOf) => {
  engine.writeRules(RULES);
  const page = await browser.open(engine.url);
  const hand = handOf(page);
  const personOf = (when: string): string => `${name}-${when}@example.com`;
  const send = async (email: string): Promise<void> => {
    await hand.view('Try it');
    await hand.write('Person', email);
    await hand.press('Send order.paid');
  };

  await hand.view('Rules');
  await page.getByText(RUNS).waitFor();

  // A purchase, and its label.
  const first = personOf('first');
  await send(first);
  await sentIs(page, 'Labelled');
  await says(page, new RegExp(`order\\.paid of shopify for ${first}: labelled plus VIP`));
  await lineIs(page, first, 'VIP');
  expect(await engine.labelsOf(first)).toEqual(['Customer', 'VIP']);

  // Wix breaks, and a job waits.
  const late = personOf('late');
  await hand.view('Break it');
  await hand.press(DOWN);
  await page.getByText('Broken on purpose').waitFor();
  await send(late);
  await sentIs(page, 'Waits');
  // One job that fails says nothing of the site. Five do.
  for (const n of [2, 3, 4, 5]) await send(personOf(`late-${n}`));
  await page.getByText('Calls to Wix are stopped', { exact: true }).waitFor();
  await lineIs(page, late, 'Waits');
  await hand.press('order.paid of shopify');
  await page.getByText(/^Next try in \d+/).waitFor();
  await page.getByText('503', { exact: true }).first().waitFor();
  expect(await engine.labelsOf(late)).toEqual([]);

  // It is mended, and the job lands.
  await hand.view('Break it');
  await hand.press(DOWN);
  await page.getByText('Broken on purpose').waitFor({ state: 'detached' });
  await hand.press('+2 min');
  await lineIs(page, late, 'Labelled');
  await page.getByText('Calls to Wix are stopped', { exact: true }).waitFor({ state: 'detached' });
  expect(await engine.labelsOf(late)).toEqual(['Customer', 'VIP']);

  // A rule with a mistake, and its mending.
  const mine = `Mine by ${name}`;
  await hand.view('Rules');
  await page.getByText(RUNS).waitFor();
  await hand.toEnd('rules.yml');
  await page.keyboard.type('  - name: mine\n');
  await page.keyboard.type('on: order.paid\nwhen: event.total > 1.0');
  const mistake = page.getByRole('list', { name: 'Problems of the rules' }).getByText('total');
  await mistake.getByText('Error').waitFor();
  expect(await mistake.innerText()).toMatch(/^Error 12:17 rule "mine": .*total/);
  await page.locator('.cm-lintRange-error').filter({ hasText: 'total' }).waitFor();
  const save = page.getByRole('button', { name: 'Save rules.yml' });
  expect(await save.getAttribute('aria-disabled')).toBe('true');
  for (let i = 0; i < 'total > 1.0'.length; i += 1) await page.keyboard.press('Backspace');
  await page.keyboard.press('Control+Space');
  await page.getByRole('option', { name: /^occurredAt/ }).waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.type(`order.total > 1.0\nadd: [${mine}]`);
  await page.getByText('other than now').first().waitFor();
  expect(engine.readRules()).toBe(RULES);

  // Saved, it runs.
  await hand.press('Save rules.yml');
  await page.getByText(RUNS).waitFor();
  await page.getByText('other than now').first().waitFor({ state: 'detached' });
  expect(engine.readRules()).toContain(`add: [${mine}]`);
  await says(page, /The engine runs these rules/);
  const third = personOf('third');
  await send(third);
  await page.locator('.sent li').first().getByText(mine).waitFor();
  await comes(third, mine);

  // Another editor saves: the page follows.
  await hand.view('Rules');
  const full = `Too much by ${name}`;
  engine.writeRules(engine.readRules().replace(mine, full));
  await page.getByRole('textbox', { name: 'rules.yml' }).getByText(full).waitFor();
  await page.getByText(RUNS).waitFor();

  // A full site gives a dead letter, with what to do about it.
  await hand.view('Break it');
  await hand.press(FULL);
  await page.getByText('Broken on purpose').waitFor();
  const fourth = personOf('fourth');
  await send(fourth);
  await sentIs(page, 'Dead letter');
  await hand.view('Break it');
  await page
    .locator('.card.bad')
    .getByText(/Delete labels|labels/)
    .first()
    .waitFor();
  await hand.press(FULL);
  await page.getByText('Broken on purpose').waitFor({ state: 'detached' });
  // For ten minutes no label is tried at a site that is full.
  await hand.press('+15 min');
  await says(page, /The time was moved on by 15 min/);
  await hand.press('Replay');
  await page.getByText('There are none. Nothing was given up.').waitFor();
  await lineIs(page, fourth, 'Labelled');
  await comes(fourth, full);
  expect(page.errors).toEqual([]);
  await page.close();
});

test('a line opens by Enter, closes by Escape, and has the focus again', async () => {
  const page = await browser.open(engine.url);
  await page.locator('.lines a').first().focus();
  await page.keyboard.press('ArrowDown');
  const href = await page.evaluate(() => document.activeElement?.getAttribute('href'));
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 3, name: 'Tries' }).waitFor();
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('detail-title');
  await page.keyboard.press('Escape');
  await page.getByRole('heading', { level: 2, name: 'Try it' }).waitFor();
  expect(await page.evaluate(() => document.activeElement?.getAttribute('href'))).toBe(href);
  await page.close();
});
