import type { IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import * as z from 'zod/mini';
import { type Loopback, listenOnLoopback } from '../simulators/loopback.ts';
import type { MovableClock } from '../simulators/movable-clock.ts';
import type { Scheduler } from './scheduler.ts';

const Move = z.object({ to: z.number() });

interface Answer {
  readonly status: number;
  readonly body: object;
}

/**
 * Where a running engine is asked to move its clock and to run its schedules: a server of its own, on loopback, as a
 * tunnel may lead to the gateway. docs/local.md says what it takes.
 * @param onMoved is over before a move is answered
 */
export async function startControl(
  clock: MovableClock,
  scheduler: Pick<Scheduler, 'runAll'>,
  onMoved: () => Promise<void> = async () => {},
): Promise<Loopback> {
  const clockAnswer = (): Answer => ({
    status: 200,
    body: { now: new Date(clock.now()).toISOString(), aheadMs: clock.aheadMs() },
  });

  async function move(request: IncomingMessage): Promise<Answer> {
    const { data } = Move.safeParse(await json(request).catch(() => undefined));
    if (!data) return problem(400, 'Send { "to": … }: epoch milliseconds.');
    try {
      clock.moveTo(data.to);
    } catch (error) {
      if (error instanceof RangeError) return problem(409, error.message);
      throw error;
    }
    await onMoved();
    return clockAnswer();
  }

  async function answer(request: IncomingMessage): Promise<Answer> {
    const { method, url } = request;
    if (method === 'GET' && url === '/clock') return clockAnswer();
    if (method === 'POST' && url === '/clock') return move(request);
    if (method === 'POST' && url === '/schedules') {
      await scheduler.runAll();
      return clockAnswer();
    }
    return problem(404, 'There are GET and POST /clock, and POST /schedules.');
  }

  return listenOnLoopback(async (request, response) => {
    const { status, body } = await answer(request);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
}

const problem = (status: number, message: string): Answer => ({ status, body: { message } });
