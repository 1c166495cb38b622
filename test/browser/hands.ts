import type { Page } from 'playwright-core';

/** Somebody who uses the page. */
export interface Hand {
  /** Opens a view. */
  view(name: string): Promise<void>;
  /** Presses a button, a switch or a link. */
  press(name: string): Promise<void>;
  /** Writes into a field instead of what is there. */
  write(name: string, text: string): Promise<void>;
  /** Goes to the end of an editor. */
  toEnd(name: string): Promise<void>;
}

/** More steps to anything than this is too far for somebody without a mouse. */
const MOST_TABS = 45;

/** Goes on by the Tab key until the focus is where the name says. */
async function tabTo(page: Page, name: string): Promise<void> {
  const passed: string[] = [];
  for (let i = 0; i < MOST_TABS; i += 1) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate(() => {
      const element = document.activeElement as HTMLInputElement;
      return (
        element.ariaLabel ??
        (element.innerText || element.labels?.[0]?.innerText) ??
        ''
      ).trim();
    });
    if (focused === name) return;
    passed.push(focused);
  }
  throw new Error(`Tab never came to "${name}", but by ${passed.join(' | ')}`);
}

async function press(page: Page, name: string): Promise<void> {
  await tabTo(page, name);
  await page.keyboard.press('Enter');
}

const headOf = (page: Page, name: RegExp): Promise<void> =>
  page.locator('.side').getByRole('heading', { level: 2, name }).waitFor();

/** What a view is called at its head. */
const headed = (name: string): RegExp => new RegExp(`^${name}`);

export const HANDS: Readonly<Record<string, (page: Page) => Hand>> = {
  mouse: (page) => ({
    async view(name) {
      await page.getByRole('link', { name, exact: true }).click();
      await headOf(page, headed(name));
    },
    press: (name) =>
      page
        .getByRole('button', { name, exact: true })
        .or(page.getByRole('switch', { name, exact: true }))
        .or(page.locator('.side').getByRole('link', { name, exact: true }))
        .first()
        .click(),
    async write(name, text) {
      await page.getByLabel(name, { exact: true }).fill(text);
    },
    async toEnd(name) {
      await page.getByRole('textbox', { name }).click();
      await page.keyboard.press('Control+End');
    },
  }),
  keyboard: (page) => ({
    async view(name) {
      await page.evaluate(() => {
        (document.activeElement as HTMLElement).blur();
        // Tab begins at the top again, as it does after a page was loaded.
        getSelection()?.setPosition(document.body, 0);
      });
      await press(page, name);
      await headOf(page, headed(name));
    },
    press: (name) => press(page, name),
    async write(name, text) {
      await tabTo(page, name);
      await page.keyboard.press('Control+A');
      await page.keyboard.type(text);
    },
    async toEnd(name) {
      await tabTo(page, name);
      await page.keyboard.press('Control+End');
    },
  }),
};
