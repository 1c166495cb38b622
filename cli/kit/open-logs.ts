import { existsSync } from 'node:fs';
import { logFileOf } from '../../engine/state.ts';
import { type CommandContext, usingTarget } from './command.ts';
import { readLog, tailLog } from './engine-logs.ts';
import { NoEngine } from './failure.ts';
import type { Target, TargetOptions } from './target.ts';

/** Where logs are read: those of a target, or the log that an engine left behind. */
export interface Logs extends Pick<Target, 'name' | 'kind' | 'logs' | 'tail'> {
  /** Undefined where the engine has ended, with its queues, its settings and its simulated Wix. */
  readonly target: Target | undefined;
}

/** Opens the logs that the options name, and closes them after the work. @throws NoEngine where no engine left a log */
export async function usingLogs<T>(
  options: TargetOptions,
  context: Pick<CommandContext, 'openTarget'>,
  work: (logs: Logs) => Promise<T>,
): Promise<T> {
  const target = await context.openTarget(options).catch((error: unknown) => {
    if (error instanceof NoEngine && existsSync(logFileOf(error.statePath))) return error;
    throw error;
  });
  if (target instanceof NoEngine) return work(logsLeftBy(target.statePath));
  return usingTarget(options, { openTarget: async () => target }, (open) =>
    work({
      name: open.name,
      kind: open.kind,
      logs: open.logs,
      tail: open.tail,
      target: open,
    }),
  );
}

function logsLeftBy(statePath: string): Logs {
  const logFile = logFileOf(statePath);
  return {
    name: 'the local engine (it has ended)',
    kind: 'engine',
    logs: (query) => readLog(logFile, query),
    tail: (query) => tailLog(logFile, query),
    target: undefined,
  };
}
