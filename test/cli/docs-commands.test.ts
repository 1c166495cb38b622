import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { type Command, CommanderError } from 'commander';
import { COMMANDS } from '../../cli/commands/index.ts';
import type { CommandContext } from '../../cli/kit/command.ts';
import { createProgram } from '../../cli/kit/program.ts';
import { SHOP } from '../../samples/shop.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const TEXTS = ['README.md', 'monitoring/dashboard.yml', ...readdirSync(join(ROOT, 'docs'))]
  .filter((name) => /\.(?:md|yml)$/.test(name))
  .map((name) => (existsSync(join(ROOT, name)) ? name : `docs/${name}`));

/** Each `./earmark …` of a text up to what is no part of it: a pipe, a comment, the rest of a sentence. */
function commandLines(text: string): readonly string[] {
  const ends = /`|\s+(?:#|\||>|&&|;|·|says|lists)|[;)]?$/m;
  return text
    .split('./earmark ')
    .slice(1)
    .map((rest) => (rest.replaceAll(/\\\n\s*/g, '').split(ends)[0] ?? '').trim())
    .filter((line) => !/^(?:…|<)/.test(line));
}

/** As a shell does, as far as documentation goes. */
const words = (line: string): readonly string[] =>
  [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '');

const isOption = (word: string): boolean => word.startsWith('-');

function withoutActions(command: Command): Command {
  if (command.commands.length === 0) command.action(() => {});
  for (const sub of command.commands) withoutActions(sub);
  return command;
}

function worldOf(): CommandContext {
  const sink = () => new PassThrough() as unknown as NodeJS.WriteStream;
  return {
    terminal: { out: sink(), err: sink(), signal: new AbortController().signal },
    openTarget: () => Promise.reject(new Error('nothing is opened')),
    folder: SHOP,
    now: Date.now,
  };
}

/** What the command line itself says of these arguments; undefined when it takes them. */
async function complaint(args: readonly string[]): Promise<string | undefined> {
  try {
    await withoutActions(createProgram(COMMANDS, worldOf())).parseAsync([...args], {
      from: 'user',
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Text may speak of a command by its name alone.
    const isMention = error.code === 'commander.missingArgument' && !args.some(isOption);
    return error.exitCode === 0 || isMention ? undefined : error.message;
  }
}

/** The help of every command, each of its commands included. */
function helpTexts(command: Command): readonly string[] {
  let text = '';
  const writeOut = (part: string) => {
    text += part;
  };
  command.configureOutput({ writeOut }).outputHelp();
  return [text, ...command.commands.flatMap(helpTexts)];
}

const HELP = helpTexts(createProgram(COMMANDS, worldOf())).join('\n');

test('a line of a help text can be pasted as it stands', () => {
  expect(HELP).toMatch(/^ {2}\.\/earmark /m);
  expect(HELP).not.toMatch(/^\s*\$ /m);
});

const USED = [...TEXTS, '--help'].flatMap((name) => {
  const lines = commandLines(name === '--help' ? HELP : readFileSync(join(ROOT, name), 'utf8'));
  return [...new Set(lines)].map((line) => [name, line] as const);
});

test.each(USED)('%s: ./earmark %s', async (_, line) => {
  expect(await complaint(words(line))).toBeUndefined();
});

test('every page that teaches the command is among them', () => {
  const pages = USED.map(([name]) => name);
  expect(pages).toEqual(expect.arrayContaining(['docs/operations.md', 'docs/commands.md']));
});

test.each([
  ['no-such-command', /unknown command|too many arguments/],
  ['doctor --no-such-option', /unknown option '--no-such-option'/],
  ['doctor superfluous', /too many arguments/],
  ['dead-letters show --stage prod', /missing required argument 'id'/],
])('a page that says “%s” would fail for it', async (line, message) => {
  expect(await complaint(words(line))).toMatch(message);
});
