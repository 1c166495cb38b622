import { type LoadOrder, type Posted, wallClock } from './measure.ts';
import { agent, post } from './post.ts';

// The load, in a process of its own: the engine's event loop must not slow down the clock it is
// measured by. Posts go out when they are due, however late earlier answers are (an open loop), and
// time counts from when a post was due.

async function postAt(dueAt: number, number: number, order: LoadOrder): Promise<Posted> {
  await new Promise((resolve) => setTimeout(resolve, dueAt - wallClock()));
  const status = await post(number, order);
  return { number, dueAt, answeredAt: wallClock(), status };
}

process.once('message', async (order: LoadOrder) => {
  const start = wallClock() + 200;
  const posts = Array.from({ length: order.rate * order.seconds }, (_, number) =>
    postAt(start + (number * 1000) / order.rate, number, order),
  );
  const posted = await Promise.all(posts);
  agent.destroy();
  process.send?.(posted, () => process.disconnect());
});
