import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from '@jest/globals';
import type { Command } from 'commander';
import { COMMANDS } from '../../cli/commands/index.ts';
import { createProgram, runProgram } from '../../cli/kit/program.ts';

const streams = () => ({
  out: new PassThrough(),
  err: new PassThrough(),
  signal: new AbortController().signal,
});
const nothing = () => Promise.reject(new Error('nothing is opened'));
const outside = { openTarget: nothing, folder: '.', now: Date.now, engineAheadMs: async () => 0 };

const paths = (command: Command, path: readonly string[] = []): readonly (readonly string[])[] => [
  path,
  ...command.commands.flatMap((sub) => paths(sub, [...path, sub.name()])),
];
const PATHS = paths(createProgram(COMMANDS, { ...outside, terminal: streams() }));

test.each(PATHS.map((path) => [['earmark', ...path, '--help'].join(' '), path] as const))(
  '%s fits 80 columns',
  async (_, path) => {
    const terminal = streams();

    const code = await runProgram([...path, '--help'], COMMANDS, { ...outside, terminal });
    terminal.out.end();

    const lines = (await text(terminal.out)).split('\n');
    expect({ code, wide: lines.filter((line) => line.length > 80) }).toEqual({ code: 0, wide: [] });
    expect(lines[0]).toMatch(/^Usage: earmark/);
  },
);
