import { existsSync } from 'node:fs';
import { afterAll, beforeAll } from '@jest/globals';
import { type Browser, type BrowserContextOptions, chromium } from 'playwright-core';

const PLACES = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** Less than a test's own time: what is missing is named. */
const PATIENCE_MS = 40_000;

export const WIDE = { viewport: { width: 1440, height: 900 } };
export const PHONE = { viewport: { width: 360, height: 740 } };

function chromiumPath(): string {
  const path = PLACES.find((one) => one !== undefined && existsSync(one));
  if (path !== undefined) return path;
  throw new Error(
    'There is no Chromium here. Install it (Debian, Ubuntu: apt-get install -y chromium), or name one: CHROMIUM=/path/to/chromium npm run test:browser',
  );
}

/** A browser for the tests of a file. */
export function useBrowser() {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: chromiumPath(), args: FLAGS });
  });
  afterAll(() => browser?.close());
  return {
    /** Opens the page of an engine, and waits until it hears of that. What it throws is in `errors`. */
    async open(url: string, options: BrowserContextOptions = WIDE) {
      if (!browser) throw new Error('The browser is not started yet.');
      const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
      const page = await context.newPage();
      const errors: string[] = [];
      page.on('pageerror', ({ message }) => errors.push(message));
      page.setDefaultTimeout(PATIENCE_MS);
      await page.goto(url);
      await page.getByText('Live', { exact: true }).waitFor();
      return Object.assign(page, { errors });
    },
  };
}
