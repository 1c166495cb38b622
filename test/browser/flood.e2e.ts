import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { usePage } from './browser.ts';

const stage = usePage();

const EVENTS = 10_000;
const CHUNK = 100;
/** Milliseconds. */
const LONGEST_TASK = 200;

/** Streams them in, and waits until the last of them is on the page. */
async function flood(page: Page): Promise<void> {
  for (let sent = 0; sent < EVENTS; sent += CHUNK) {
    stage.world.flood(CHUNK);
    await new Promise((go) => setTimeout(go, 5));
  }
  const last = stage.world.whole().flows.at(-1)?.id ?? '';
  await page.locator(`.lines a[href="#/flow/${last}"]`).waitFor();
}

async function heapOf(page: Page): Promise<number> {
  const client = await page.context().newCDPSession(page);
  await client.send('HeapProfiler.collectGarbage');
  await client.send('Performance.enable');
  const { metrics } = await client.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? 0;
}

test(`${EVENTS} events: no task above ${LONGEST_TASK} ms, and no more memory for the next as many`, async () => {
  const page = await stage.open();
  await page.getByRole('button', { name: 'Send order.paid' }).waitFor();
  await page.evaluate(() => {
    const tasks: number[] = [];
    Object.assign(globalThis, { tasks });
    new PerformanceObserver((list) => {
      tasks.push(...list.getEntries().map(({ duration }) => duration));
    }).observe({ entryTypes: ['longtask'] });
  });
  await flood(page);
  const tasks = await page.evaluate(() => (globalThis as unknown as { tasks: number[] }).tasks);
  const first = await heapOf(page);
  await flood(page);
  const second = await heapOf(page);
  console.info(
    `longest task ${Math.max(0, ...tasks)} ms of ${tasks.length}; heap ${first} and ${second} bytes`,
  );
  expect(tasks.filter((ms) => ms > LONGEST_TASK)).toEqual([]);
  expect(second).toBeLessThan(first * 1.25);
  expect(await page.locator('.lines tbody tr').count()).toBeLessThanOrEqual(60);
  await page.close();
});
