import { existsSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll } from '@jest/globals';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { startFake } from './fake/server.ts';

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

export const WIDE = { viewport: { width: 1440, height: 900 } };
export const PHONE = { viewport: { width: 360, height: 740 } };

function chromiumPath(): string {
  const path = PLACES.find((one) => one !== undefined && existsSync(one));
  if (path !== undefined) return path;
  throw new Error(
    'There is no Chromium here. Install it (Debian, Ubuntu: apt-get install -y chromium), or name one: CHROMIUM=/path/to/chromium npm run test:browser',
  );
}

/** A browser and a make-believe engine for the tests of a file. */
export function usePage() {
  let browser: Browser | undefined;
  let fake: Awaited<ReturnType<typeof startFake>> | undefined;
  beforeAll(async () => {
    const executablePath = chromiumPath();
    [browser, fake] = await Promise.all([
      chromium.launch({ executablePath, args: FLAGS }),
      startFake(),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await fake?.close();
  });
  return {
    get world() {
      if (!fake) throw new Error('The engine is not started yet.');
      return fake.world;
    },
    /** Opens the page; what goes wrong in it fails the test that waits for something there. */
    async open(options: BrowserContextOptions = WIDE, hash = ''): Promise<Page> {
      if (!browser || !fake) throw new Error('The browser is not started yet.');
      const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
      const page = await context.newPage();
      // Less than a test's own time: what is missing is named.
      page.setDefaultTimeout(40_000);
      await page.goto(`${fake.url}/${hash}`);
      await page.getByText('Live', { exact: true }).waitFor();
      return page;
    },
  };
}

/** What axe finds wrong, a line each. */
export async function violationsOf(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, any }) => `${id}: ${html.slice(0, 160)} ${any[0]?.message ?? ''}`),
  );
}
