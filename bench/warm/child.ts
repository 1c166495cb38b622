import { createRequire } from 'node:module';
import { setImmediate as eventLoopTurn } from 'node:timers/promises';
import type { Block, Measured } from './measured-process.ts';

// The process that is measured. It is sent one block of events at a time, already parsed as Lambda's
// runtime hands them over, and works them off one after the other, as Lambda does.

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
  // The message has been received when the event loop goes round.
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
