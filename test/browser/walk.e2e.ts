import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { usePage } from './browser.ts';

const stage = usePage();

/** More steps to anything than this is too far for somebody without a mouse. */
const MOST_TABS = 40;

/** Goes on by the Tab key until the focus is where the name says. */
async function tabTo(page: Page, name: string): Promise<void> {
  const passed: string[] = [];
  for (let i = 0; i < MOST_TABS; i += 1) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement;
      return element.ariaLabel ?? element.innerText;
    });
    if (focused.trim() === name) return;
    passed.push(focused.trim());
  }
  throw new Error(`Tab never came to "${name}", but by ${passed.join(' | ')}`);
}

async function openView(page: Page, name: string): Promise<void> {
  await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  // From the top of the page, as after Home in a screen reader.
  await page.keyboard.press('Escape');
  await page.getByRole('heading', { name: 'Earmark' }).click();
  await tabTo(page, name);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 2, name }).waitFor();
}

async function press(page: Page, name: string, key = 'Enter'): Promise<void> {
  await tabTo(page, name);
  await page.keyboard.press(key);
}

/** The outcome of what was sent last from the page, once it is so. */
const sentIs = (page: Page, outcome: string) =>
  page.locator('.sent li').first().getByText(outcome, { exact: true }).waitFor();

/** What a screen reader is given to say, once it has the words. */
const saysOf = (page: Page, words: RegExp) =>
  page.getByRole('status').filter({ hasText: words }).waitFor({ state: 'attached' });

test('the two minutes, by keyboard alone', async () => {
  const page = await stage.open();

  await openView(page, 'Try it');
  await press(page, 'Send order.paid');
  await sentIs(page, 'Labelled');
  await saysOf(page, /order\.paid of shopify for ada@example\.com: labelled plus VIP/);

  await openView(page, 'Break it');
  await press(page, 'Wix is down', ' ');
  await page.getByText('Broken on purpose').waitFor();
  await openView(page, 'Try it');
  await press(page, 'Send order.paid');
  await page.getByText('Calls to Wix are stopped', { exact: true }).waitFor();
  await page.locator('.lines tbody tr').first().getByText('Waits', { exact: true }).waitFor();

  await openView(page, 'Break it');
  await press(page, 'Wix is down', ' ');
  await page.getByText('Broken on purpose').waitFor({ state: 'detached' });
  await page.locator('.lines tbody tr').first().getByText('Waits').waitFor({ state: 'detached' });
  expect(await page.locator('.lines tbody .wait').count()).toBe(0);
  await page.close();
});

test('a rule with a mistake, its mending, and the label that it gives', async () => {
  const page = await stage.open();
  stage.world.send({
    source: 'shopify',
    headers: { topic: 'order.paid' },
    body: JSON.stringify({ email: 'grace@example.com' }),
  });
  await openView(page, 'Rules');
  await page.getByText('As it is in the file.').waitFor();
  await tabTo(page, 'rules.yml');
  await page.keyboard.press('Control+End');
  await page.keyboard.type('  - name: mine\n');
  await page.keyboard.type('on: order.paid\nwhen: event.total > 1.0');
  await page.getByText('There is no field `total`').first().waitFor();
  const save = page.getByRole('button', { name: 'Save rules.yml' });
  expect(await save.getAttribute('aria-disabled')).toBe('true');

  for (let i = 0; i < 'total > 1.0'.length; i += 1) await page.keyboard.press('Backspace');
  await page.keyboard.press('Control+Space');
  await page.getByRole('option', { name: /^occurredAt/ }).waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.type('test\nadd: [Mine]');
  await page.getByText('other than it was').first().waitFor();
  expect(stage.world.text()).not.toContain('Mine');
  await press(page, 'Save rules.yml');
  await page.getByText('As it is in the file.').waitFor();
  expect(stage.world.text()).toContain('add: [Mine]');

  await openView(page, 'Try it');
  await press(page, 'Send order.paid');
  await page.locator('.sent').getByText('Mine').waitFor();
  await page.close();
});

test('a full site, and the dead letter that goes again', async () => {
  const page = await stage.open();
  await openView(page, 'Break it');
  await press(page, 'The site has no room for labels', ' ');
  await openView(page, 'Try it');
  await press(page, 'Send order.paid');
  await sentIs(page, 'Dead letter');
  await openView(page, 'Break it');
  await press(page, 'The site has no room for labels', ' ');
  await press(page, 'Replay');
  await page.getByText('There are none. Nothing was given up.').waitFor();
  await page.locator('.lines tbody tr').first().getByText('No change').waitFor();
  await page.close();
});

test('a line opens by Enter, closes by Escape, and has the focus again', async () => {
  const page = await stage.open();
  const send = (email: string) =>
    stage.world.send({ source: 'stripe', headers: {}, body: JSON.stringify({ email }) });
  const first = send('first@example.com');
  send('second@example.com');
  await page.locator('.lines').getByText('second@example.com').waitFor();
  await page.locator('.lines a').first().focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 3, name: 'Request' }).waitFor();
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('detail-title');
  await page.keyboard.press('Escape');
  await page.getByRole('heading', { level: 2, name: 'Try it' }).waitFor();
  const href = await page.evaluate(() => document.activeElement?.getAttribute('href'));
  expect(href).toBe(`#/flow/${first.id}`);
  await page.close();
});
