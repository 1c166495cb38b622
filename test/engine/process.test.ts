import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createFunctionPool, type FunctionPool } from '../../engine/function-pool.ts';
import { InvocationError, type ProcessSpec } from '../../engine/function-process.ts';
import { isAlive, until } from '../support/until.ts';

/** A function that does as its event says. */
const BUNDLE = `const { now } = Date;
const atLoad = new Date().getTime();
exports.handler = async (event, context) => {
  console.log(JSON.stringify({ message: 'line', pid: process.pid }));
  switch (event.do) {
    case 'answer': return { pid: process.pid, event };
    case 'context': return { ...context, remaining: context.getRemainingTimeInMillis() };
    case 'environment': return process.env;
    case 'time': return {
      atLoad, now: Date.now(), kept: now(), made: new Date().getTime(), text: Date(),
      remaining: context.getRemainingTimeInMillis(),
      others: [new Date(5).getTime(), new Date(2026, 0, 2).getMonth(), Date.UTC(2026, 0), Date.parse('2026-11-28')],
      kinds: [new Date() instanceof Date, new Date().constructor === Date, structuredClone(new Date(7)).getTime()],
    };
    case 'throw': throw new TypeError('no such thing');
    case 'exit': process.exit(3);
    case 'hang': return new Promise(() => setInterval(() => {}, 1000));
    case 'spin': for (;;);
    case 'bigint': return 1n;
    case 'hoard': for (const all = []; ; ) all.push(Array.from({ length: 1e5 }, (_, n) => ({ n })));
  }
};`;

/** What it answers to `time`. */
interface Times {
  readonly atLoad: number;
  readonly now: number;
  readonly kept: number;
  readonly made: number;
  readonly text: string;
  readonly remaining: number;
  readonly others: readonly number[];
  readonly kinds: readonly unknown[];
}

let folder: string;
let bundle: string;
const pools: FunctionPool[] = [];
const lines: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'earmark-process-'));
  bundle = join(folder, 'toy.cjs');
  await writeFile(bundle, BUNDLE);
});
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.stop()));
  lines.length = 0;
});
afterAll(() => rm(folder, { recursive: true }));

function poolOf(size: number, changes: Partial<ProcessSpec> = {}) {
  const spec = {
    name: 'toy',
    bundle,
    exportName: 'handler',
    timeoutMs: 20_000,
    memoryMb: 128,
    environment: { AWS_LAMBDA_FUNCTION_NAME: 'earmark-toy', GREETING: 'hello' },
    ...changes,
  };
  const pool = createFunctionPool(spec, size, (name, line) => lines.push(`${name} ${line}`));
  pools.push(pool);
  return pool;
}

describe('a function in a process of its own', () => {
  test('answers, and what it writes is passed on', async () => {
    const pool = poolOf(1);

    const answer = await pool.invoke({ do: 'answer', list: [1, 'ü'] });

    const [pid] = pool.pids();
    expect(answer).toEqual({ pid, event: { do: 'answer', list: [1, 'ü'] } });
    await until(() => lines.includes(`toy {"message":"line","pid":${pid}}`));
  });

  test('takes the time of the clock, from one event to the next', async () => {
    const day = 86_400_000;
    let ahead = day;
    const pool = poolOf(1, { clock: { aheadMs: () => ahead } });
    const ask = async () => {
      const before = Date.now() + ahead;
      const answer = (await pool.invoke({ do: 'time' })) as Times;
      return { ...answer, about: { least: before, most: Date.now() + ahead } };
    };
    const within = (time: number, { least, most }: { least: number; most: number }) =>
      time >= least && time <= most;

    const first = await ask();
    ahead = 30 * day;
    const second = await ask();

    for (const { now, kept, made, about } of [first, second]) {
      for (const time of [now, kept, made]) expect(within(time, about)).toBe(true);
    }
    expect(first.atLoad - Date.now()).toBeGreaterThan(day - 60_000);
    expect(second.atLoad).toBe(first.atLoad);
    const { text, about, remaining, others, kinds } = second;
    expect(within(Date.parse(text), { ...about, least: about.least - 1_000 })).toBe(true);
    expect(remaining).toBeGreaterThan(0);
    expect(remaining).toBeLessThanOrEqual(20_000);
    expect(others).toEqual([5, 0, Date.UTC(2026, 0), Date.parse('2026-11-28')]);
    expect(kinds).toEqual([true, true, 7]);
  });

  test('is given what Lambda gives', async () => {
    const context = await poolOf(1).invoke({ do: 'context' });

    expect(context).toMatchObject({
      awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      functionName: 'earmark-toy',
      functionVersion: '$LATEST',
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:earmark-toy',
    });
    const { remaining } = context as { remaining: number };
    expect(remaining).toBeGreaterThan(0);
    expect(remaining).toBeLessThanOrEqual(20_000);
  });

  test('sees its own environment and nothing of the engine’s', async () => {
    const environment = (await poolOf(1).invoke({ do: 'environment' })) as object;

    expect(environment).toMatchObject({ GREETING: 'hello' });
    expect(environment).not.toHaveProperty('PATH');
    expect(environment).not.toHaveProperty('NODE_OPTIONS');
  });

  test.each([
    ['throws', { do: 'throw' }, /^toy threw TypeError: no such thing$/],
    ['answers what JSON cannot hold', { do: 'bigint' }, /^toy threw TypeError: .*BigInt/],
    ['uses up its memory', { do: 'hoard' }, /^toy: its process ended \(SIG\w+\).*heap/is],
    ['ends its process', { do: 'exit' }, /^toy: its process ended \(exit code 3\)/],
  ])('fails when it %s, and the next event is served', async (_, event, message) => {
    const pool = poolOf(1);

    const failure = await pool.invoke(event).catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(InvocationError);
    expect(failure).toMatchObject({ message: expect.stringMatching(message) });
    expect(await pool.invoke({ do: 'answer' })).toMatchObject({ event: { do: 'answer' } });
  });

  test.each(['hang', 'spin'])(
    'is killed at its timeout when it does %s, and replaced',
    async (what) => {
      const pool = poolOf(1, { timeoutMs: 1_000 });
      await pool.ready;
      const [first = 0] = pool.pids();

      await expect(pool.invoke({ do: what })).rejects.toThrow('toy: timed out after 1 s');

      expect(isAlive(first)).toBe(false);
      const answer = await pool.invoke({ do: 'answer' });
      expect(answer).toMatchObject({ pid: pool.pids()[0] });
      expect(pool.pids()).not.toContain(first);
    },
  );

  test('fails the event in hand when the process is killed, and is replaced', async () => {
    const pool = poolOf(1);
    await pool.ready;
    const [pid = 0] = pool.pids();

    const hanging = pool.invoke({ do: 'hang' }).catch((error: unknown) => error);
    await until(() => lines.length > 0);
    process.kill(pid, 'SIGKILL');

    expect(await hanging).toMatchObject({ message: 'toy: its process ended (SIGKILL)' });
    expect(await pool.invoke({ do: 'answer' })).not.toMatchObject({ pid });
  });

  test('says what is wrong with a bundle that does not load', async () => {
    const broken = join(folder, 'broken.cjs');
    await writeFile(broken, 'throw new Error("no rules");');

    await expect(poolOf(1, { bundle: broken }).ready).rejects.toThrow(/exit code 1.*no rules/s);
    await expect(poolOf(1, { exportName: 'handle' }).ready).rejects.toThrow('no export "handle"');
  });
});

describe('a pool', () => {
  test('works on one event at a time in each process, and lets the others wait', async () => {
    const pool = poolOf(2);
    await pool.ready;

    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => pool.invoke({ do: 'answer', n })),
    );

    expect(answers).toMatchObject(Array.from({ length: 20 }, (_, n) => ({ event: { n } })));
    expect(pool.pids()).toHaveLength(2);
    expect(pool.invocations).toBe(20);
  });

  test('rejects what runs and what waits when it is stopped', async () => {
    const pool = poolOf(3);
    const hanging = Array.from({ length: 5 }, () =>
      pool.invoke({ do: 'hang' }).catch((error: Error) => error.message),
    );

    await until(() => pool.invocations === 3);

    expect(pool.pids()).toHaveLength(3);
    await pool.stop();
    expect((await Promise.all(hanging)).sort()).toEqual([
      'toy is stopped.',
      'toy is stopped.',
      'toy: its process ended (SIGKILL)',
      'toy: its process ended (SIGKILL)',
      'toy: its process ended (SIGKILL)',
    ]);
    expect(pool.pids()).toEqual([]);
  });

  test('leaves no process behind when the engine is killed, not even one at work', async () => {
    const module = new URL('../../engine/function-pool.ts', import.meta.url);
    const spec = {
      name: 'toy',
      bundle,
      exportName: 'handler',
      timeoutMs: 60_000,
      memoryMb: 128,
      environment: {},
    };
    const script = `
      import { createFunctionPool } from '${module}';
      let begun = 0;
      const pool = createFunctionPool(${JSON.stringify(spec)}, 3, () => {
        begun += 1;
        if (begun === 2) console.log(JSON.stringify(pool.pids()));
      });
      pool.invoke({ do: 'hang' });
      pool.invoke({ do: 'hang' });
      await pool.ready;`;
    const engine = spawn(process.execPath, ['--input-type=module', '--eval', script]);
    const { value } = await createInterface(engine.stdout)[Symbol.asyncIterator]().next();
    const pids: number[] = JSON.parse(value ?? '[]');
    expect(pids).toHaveLength(3);

    engine.kill('SIGKILL');

    await until(() => !pids.some(isAlive));
  });
});
