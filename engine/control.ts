import type { IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import * as z from 'zod/mini';
import { type Loopback, listenOnLoopback } from '../simulators/loopback.ts';
import type { MovableClock } from '../simulators/movable-clock.ts';
import { isPreset, type Presets } from '../simulators/presets/presets.ts';
import type { Jobs } from './jobs.ts';
import type { Scheduler } from './scheduler.ts';

const Move = z.object({ to: z.number() });
const Switch = z.object({ name: z.string(), isOn: z.boolean() });

interface Answer {
  readonly status: number;
  readonly body: object;
}

interface Controlled {
  readonly clock: MovableClock;
  readonly scheduler: Pick<Scheduler, 'runAll'>;
  readonly presets: Presets;
  readonly jobs: () => Jobs;
  /** Is over before a move is answered. */
  readonly onMoved?: (() => Promise<void>) | undefined;
}

/**
 * Where a running engine is asked to move its clock, to run its schedules and to make trouble at Wix: a server of its
 * own, on loopback, as a tunnel may lead to the gateway. docs/local.md says what it takes.
 */
export async function startControl({
  clock,
  scheduler,
  presets,
  jobs,
  onMoved,
}: Controlled): Promise<Loopback> {
  const clockAnswer = (): Answer => ({
    status: 200,
    body: { now: new Date(clock.now()).toISOString(), aheadMs: clock.aheadMs(), jobs: jobs() },
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
    await onMoved?.();
    return clockAnswer();
  }

  const presetsAnswer = (): Answer => ({ status: 200, body: { presets: presets.list() } });

  async function turn(request: IncomingMessage): Promise<Answer> {
    const { data } = Switch.safeParse(await json(request).catch(() => undefined));
    if (!data) return problem(400, 'Send { "name": …, "isOn": true or false }.');
    const { name, isOn } = data;
    if (!isPreset(name)) return problem(404, `There is no preset "${name}".`);
    try {
      await presets.set(name, isOn);
    } catch (error) {
      return problem(409, error instanceof Error ? error.message : String(error));
    }
    return presetsAnswer();
  }

  async function answer(request: IncomingMessage): Promise<Answer> {
    const { method, url } = request;
    if (method === 'GET' && url === '/clock') return clockAnswer();
    if (method === 'POST' && url === '/clock') return move(request);
    if (method === 'POST' && url === '/schedules') {
      await scheduler.runAll();
      return clockAnswer();
    }
    if (method === 'GET' && url === '/presets') return presetsAnswer();
    if (method === 'POST' && url === '/presets') return turn(request);
    return problem(404, 'There are GET and POST /clock and /presets, and POST /schedules.');
  }

  return listenOnLoopback(async (request, response) => {
    const { status, body } = await answer(request);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
}

const problem = (status: number, message: string): Answer => ({ status, body: { message } });
