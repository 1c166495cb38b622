import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import * as z from 'zod/mini';
import type { MovableClock } from '../simulators/movable-clock.ts';

const RUNTIME = fileURLToPath(new URL('lambda-runtime.mjs', import.meta.url));

/** What a function's process is started with. `environment` is all that it sees. */
export interface ProcessSpec {
  readonly name: string;
  /** The bundle's file, CommonJS. */
  readonly bundle: string;
  readonly exportName: string;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
  /** What `Date` says there, from one invocation to the next; default: the system's time. */
  readonly clock?: Pick<MovableClock, 'aheadMs'>;
}

/** One line that a function wrote, with the function's name. */
export type OnLine = (functionName: string, line: string) => void;

/** Why an invocation gave no result: the function threw, ran out of time, or its process ended. */
export class InvocationError extends Error {
  override readonly name = 'InvocationError';
}

/** A function's process. It takes one invocation at a time; once it is not `alive` it is done for. */
export type FunctionProcess = ReturnType<typeof startFunctionProcess>;

const Message = z.union([
  z.object({ ready: z.literal(true) }),
  z.object({ id: z.string(), result: z.string() }),
  z.object({
    id: z.string(),
    error: z.object({ name: z.string(), message: z.string(), stack: z.optional(z.string()) }),
  }),
]);

/** Starts a process of the function, as Lambda starts an execution environment. */
export function startFunctionProcess(spec: ProcessSpec, onLine: OnLine) {
  const aheadMs = () => spec.clock?.aheadMs() ?? 0;
  const child = fork(RUNTIME, [spec.bundle, spec.exportName, String(aheadMs())], {
    env: { ...spec.environment },
    // The nearest thing to Lambda's memory limit: the heap may not outgrow it.
    execArgv: [`--max-old-space-size=${Math.floor(spec.memoryMb * 0.9)}`],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const ended = once(child, 'close');
  const lastWords = readOutput(child, (line) => onLine(spec.name, line));
  const ready = Promise.withResolvers<void>();
  let current: { id: string; settle: PromiseWithResolvers<unknown> } | undefined;
  let alive = true;
  let reason: string | undefined;

  child.on('message', (raw) => {
    const message = Message.parse(raw);
    if ('ready' in message) return ready.resolve();
    if (current?.id !== message.id) return;
    const { settle } = current;
    current = undefined;
    if ('result' in message) return settle.resolve(JSON.parse(message.result));
    const { name, message: text, stack } = message.error;
    settle.reject(new InvocationError(`${spec.name} threw ${name}: ${text}`, { cause: stack }));
  });
  child.on('error', (error) => {
    reason ??= error.message;
  });
  child.on('exit', () => {
    alive = false;
  });
  ended.then(([code, signal]) => {
    const how = reason ?? `its process ended (${signal ?? `exit code ${code}`})`;
    const error = new InvocationError(`${spec.name}: ${how}${lastWords()}`);
    ready.reject(error);
    current?.settle.reject(error);
  }, ready.reject);
  // An invocation reports a failed start; nobody has to be waiting for it.
  ready.promise.catch(() => {});

  const kill = async () => {
    alive = false;
    child.kill('SIGKILL');
    await ended.catch(() => {});
  };

  return {
    pid: child.pid ?? 0,
    get alive() {
      return alive;
    },
    /** Settles when the bundle has been loaded, or rejects with what the process said when it failed. */
    ready: ready.promise,
    /** Ends the process at once and waits until it is gone. */
    kill,
    /** Resolves to the handler's result; rejects with an InvocationError. @param id Lambda's request id */
    async invoke(event: unknown, id: string = randomUUID()): Promise<unknown> {
      await ready.promise;
      if (current) throw new Error(`${spec.name} (${child.pid}) is already at work.`);
      const settle = Promise.withResolvers<unknown>();
      current = { id, settle };
      const timer = setTimeout(() => {
        reason = `timed out after ${spec.timeoutMs / 1000} s`;
        void kill();
      }, spec.timeoutMs);
      const ahead = aheadMs();
      const deadlineMs = Date.now() + ahead + spec.timeoutMs;
      child.send({ id, event, deadlineMs, aheadMs: ahead });
      return settle.promise.finally(() => clearTimeout(timer));
    },
  };
}

/** Passes on what the process writes, and keeps the end of its stderr for the case that it fails. */
function readOutput(child: ChildProcess, onLine: (line: string) => void): () => string {
  const errors: string[] = [];
  readLines(child.stdout, onLine);
  readLines(child.stderr, (line) => {
    onLine(line);
    errors.push(line);
    if (errors.length > 20) errors.shift();
  });
  return () => (errors.length ? `\n${errors.join('\n')}` : '');
}

/** Lines end at a line feed alone: node:readline would cut JSON at U+2028, which stands unescaped in it. */
function readLines(stream: Readable | null, onLine: (line: string) => void): void {
  let begun = '';
  stream?.setEncoding('utf8');
  stream?.on('data', (chunk: string) => {
    const [first = '', ...others] = chunk.split('\n');
    const lines = [begun + first, ...others];
    begun = lines.pop() ?? '';
    lines.forEach(onLine);
  });
  stream?.on('end', () => begun && onLine(begun));
}
