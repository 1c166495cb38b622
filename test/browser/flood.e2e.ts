import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { CDPSession, Page } from 'playwright-core';
import { useBrowser } from './browser.ts';
import { startStandIn } from './stand-in.ts';

const browser = useBrowser();
let engine: Awaited<ReturnType<typeof startStandIn>>;
beforeAll(async () => {
  engine = await startStandIn();
});
afterAll(() => engine?.close());

const CHUNK = 100;
/** Of the page's own work, in milliseconds. */
const LONGEST_TASK = 200;

/** Streams so many in, and waits until the last of them is on the page. */
async function flood(page: Page, events: number): Promise<void> {
  let last = '';
  for (let sent = 0; sent < events; sent += CHUNK) {
    last = engine.flood(CHUNK);
    await sleep(5);
  }
  await page.locator(`.lines a[href="#/flow/${last}"]`).waitFor();
}

/** In KiB, without what is to be collected. */
async function heapOf(client: CDPSession): Promise<number> {
  await client.send('HeapProfiler.collectGarbage');
  const { metrics } = await client.send('Performance.getMetrics');
  const bytes = metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? 0;
  return Math.round(bytes / 1_024);
}

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds: by the clock, and of the processor. */
  readonly dur?: number;
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

/** The tasks of the page's main thread while something is done. */
async function tasksDuring(client: CDPSession, work: () => Promise<void>) {
  const events: TraceEvent[] = [];
  const collect = ({ value }: { readonly value: unknown }): void => {
    events.push(...(value as TraceEvent[]));
  };
  client.on('Tracing.dataCollected', collect);
  await client.send('Tracing.start', { transferMode: 'ReportEvents', categories: 'toplevel' });
  await work();
  const complete = new Promise((done) => client.once('Tracing.tracingComplete', done));
  await client.send('Tracing.end');
  await complete;
  client.off('Tracing.dataCollected', collect);
  const threads = events.filter(
    ({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain',
  );
  const isMain = ({ pid, tid }: TraceEvent): boolean =>
    threads.some((thread) => thread.pid === pid && thread.tid === tid);
  return events
    .filter((event) => event.name.endsWith('RunTask') && isMain(event))
    .map(({ dur = 0, tdur = 0 }) => ({ wall: dur / 1_000, cpu: tdur / 1_000 }));
}

// By the processor time of the page's own thread: on a machine that does other things, too, the clock times those.
test(`10,000 events: no task above ${LONGEST_TASK} ms, and memory bounded`, async () => {
  const page = await browser.open(engine.url);
  const client = await page.context().newCDPSession(page);
  await client.send('Performance.enable');
  const first = await tasksDuring(client, () => flood(page, 2_000));
  const early = await heapOf(client);
  const second = await tasksDuring(client, () => flood(page, 8_000));
  const late = await heapOf(client);
  const tasks = [...first, ...second];
  const longest = (of: 'wall' | 'cpu'): number =>
    Math.round(Math.max(...tasks.map((task) => task[of])));
  console.info(
    `longest of ${tasks.length} tasks: ${longest('cpu')} ms of the processor, ${longest('wall')} ms by the clock; ` +
      `heap ${early} KiB after 2,000 events, ${late} KiB after 10,000`,
  );
  expect(tasks.length).toBeGreaterThan(100);
  expect(longest('cpu')).toBeGreaterThan(0);
  expect(longest('cpu')).toBeLessThanOrEqual(LONGEST_TASK);
  expect(late).toBeLessThan(early * 1.5);
  expect(await page.locator('.lines tbody tr').count()).toBeLessThanOrEqual(60);
  await page.close();
});
