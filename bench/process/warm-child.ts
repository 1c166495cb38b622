import { createRequire } from 'node:module';
import { setImmediate as eventLoopTurn } from 'node:timers/promises';
import type { Block, Measured } from './warm.ts';

// The measured process. It is sent blocks of events, parsed as Lambda's runtime hands them over, and
// answers them one after the other.

const [, , bundle = ''] = process.argv;

const systemNow = Date.now;
let aheadMs = 0;
Date.now = () => systemNow() + aheadMs;

const { handler } = createRequire(import.meta.url)(bundle) as {
  handler: (event: unknown, context: object) => Promise<unknown>;
};
const context = { getRemainingTimeInMillis: () => 60_000 };

process.on('disconnect', () => process.exit(0));
process.on('message', async ({ events, apartMs }: Block) => {
  // To receive the message is not measured: it is done by the next turn of the event loop.
  await eventLoopTurn();
  const answers: unknown[] = [];
  const before = process.cpuUsage();
  for (const event of events) {
    aheadMs += apartMs;
    answers.push(await handler(event, context));
  }
  const { user, system } = process.cpuUsage(before);
  process.send?.({ cpuMs: (user + system) / 1000, answers } satisfies Measured);
});
