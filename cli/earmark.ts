#!/usr/bin/env node
import { setLogSink } from '../lib/runtime/log.ts';
import { cleanWriter } from '../terminal/writer.ts';
import { COMMANDS } from './commands/index.ts';
import { EXIT, wrongUsage } from './kit/failure.ts';
import { runProgram } from './kit/program.ts';

const stopping = new AbortController();
process.on('SIGINT', () => {
  // The second one is meant.
  if (stopping.signal.aborted) process.exit(EXIT.interrupted);
  stopping.abort();
});

const { write } = cleanWriter(process.stderr);

// The reader may have enough (`| head`), or the disk be full: the command goes on to its end.
let unwritten: Error | undefined;
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') unwritten ??= error;
  });
}
process.on('exit', () => {
  if (!unwritten) return;
  process.exitCode ||= EXIT.found;
  write(`The output could not be written: ${unwritten.message}\n`);
});

// What the functions' code notes on the way is no result.
setLogSink(write);
process.exitCode = await runProgram(process.argv.slice(2), COMMANDS, {
  terminal: { out: process.stdout, err: process.stderr, signal: stopping.signal },
  // Loaded when there is need: `--help` shall not wait for the AWS clients.
  openTarget: async (options) => {
    if (options.stage !== undefined) {
      return (await import('./kit/stage-target.ts')).openStage(options);
    }
    if (options.region === undefined) return (await import('./kit/engine-target.ts')).openEngine();
    throw wrongUsage('--region is that of a stage: name the stage with --stage.');
  },
  folder: process.cwd(),
  now: Date.now,
  engineAheadMs: async () => (await import('./kit/engine-target.ts')).engineAheadMs(),
});
