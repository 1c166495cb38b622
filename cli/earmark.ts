#!/usr/bin/env node
import { divertLog } from '../lib/runtime/log.ts';
import { COMMANDS } from './commands.ts';
import { EXIT } from './failure.ts';
import { runProgram } from './program.ts';

const stopping = new AbortController();
process.on('SIGINT', () => {
  // The second one is meant.
  if (stopping.signal.aborted) process.exit(EXIT.interrupted);
  stopping.abort();
});

// What the functions' code notes on the way is no result.
divertLog((line) => process.stderr.write(line));
process.exitCode = await runProgram(process.argv.slice(2), COMMANDS, {
  terminal: { out: process.stdout, err: process.stderr, signal: stopping.signal },
  // Loaded when there is need: `--help` shall not wait for the AWS clients.
  openTarget: async (options) =>
    options.stage === undefined
      ? (await import('./engine-target.ts')).openEngine()
      : (await import('./stage-target.ts')).openStage(options),
  folder: process.cwd(),
  now: Date.now,
});
