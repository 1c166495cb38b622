import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandContext } from '../../kit/command.ts';
import { CliFailure, wrongUsage } from '../../kit/failure.ts';
import { git, gitOrNot } from '../../kit/git.ts';
import { EARMARK, PLACE } from '../../kit/project.ts';
import { type Terminal, writeJson } from '../../kit/terminal.ts';
// What says how it ended: later the files of this name are others.
import '../../kit/to-failure.ts';
import { newEntries } from './news.ts';

/** `earmark upgrade`. @throws CliFailure, with the way back where something was changed */
export async function upgrade(
  version: string | undefined,
  { json = false }: { readonly json?: boolean },
  { folder, terminal }: CommandContext,
): Promise<void> {
  const place = await placeIn(folder);
  const from = await git(place, 'rev-parse', 'HEAD');
  const to = await fetched(place, version);
  const news = newEntries(await changelog(place, from), await changelog(place, to));
  if (to !== from) await exchange(folder, { from, to, terminal });
  if (json) return writeJson(terminal, { from, to, news });
  const [short, then] = [from.slice(0, 7), to.slice(0, 7)];
  if (to === from) return void terminal.out.write(`Earmark is at ${then} already.\n`);
  const lines = [
    `Earmark ${short} → ${then}: the tests of your rules pass with it.`,
    ...(news.length === 0 ? [] : ['', 'New in CHANGELOG.md:', ...news.map((one) => `- ${one}`)]),
    '',
    `Keep it:  git commit -m "Upgrade Earmark" ${PLACE}`,
    `Go back:  ${wayBack(from)}`,
  ];
  terminal.out.write(`${lines.join('\n')}\n`);
}

const wayBack = (from: string): string =>
  `git -C ${PLACE} checkout --quiet ${from.slice(0, 12)} && npm ci`;

/** Earmark's folder in the project. @throws CliFailure where this is no project, or somebody has edited it */
async function placeIn(folder: string): Promise<string> {
  const place = join(folder, PLACE);
  if (!existsSync(join(place, '.git')) || (await realpath(place)) !== (await realpath(EARMARK))) {
    throw wrongUsage(
      `${folder} is no project that has this Earmark in ${PLACE}. Run it in the project's folder; a clone of Earmark itself is upgraded by git pull.`,
    );
  }
  const changed = await git(place, 'status', '--porcelain', '--untracked-files=no');
  if (changed === '') return place;
  throw new CliFailure(
    `In ${PLACE} files were changed, which an upgrade would lose:\n${changed}\nKeep what you need elsewhere, then: git -C ${PLACE} checkout .`,
  );
}

/** The commit that a version names, fetched. @throws CliFailure where there is none */
async function fetched(place: string, version: string | undefined): Promise<string> {
  await git(place, 'fetch', '--quiet', '--tags', '--force', 'origin');
  if (version === undefined) {
    await git(place, 'remote', 'set-head', 'origin', '--auto');
    return git(place, 'rev-parse', '--verify', 'origin/HEAD^{commit}');
  }
  for (const name of [`origin/${version}`, version]) {
    const commit = await gitOrNot(place, 'rev-parse', '--verify', '--quiet', `${name}^{commit}`);
    if (commit) return commit;
  }
  const url = await git(place, 'remote', 'get-url', 'origin');
  throw wrongUsage(`${url} has no tag, branch or commit "${version}".`);
}

const changelog = async (place: string, commit: string): Promise<string> =>
  (await gitOrNot(place, 'show', `${commit}:CHANGELOG.md`)) ?? '';

/** Puts the other commit in place, with its packages, and runs the tests of the rules. @throws CliFailure */
async function exchange(
  folder: string,
  { from, to, terminal }: { from: string; to: string; terminal: Terminal },
): Promise<void> {
  await git(join(folder, PLACE), 'checkout', '--quiet', '--detach', to);
  for (const args of [['ci'], ['test']]) {
    const code = await npm(folder, args, terminal);
    if (code === 0) continue;
    throw new CliFailure(
      `npm ${args.join(' ')} fails with Earmark ${to.slice(0, 7)}, as is shown above. Your files are as they were.\nGo back:  ${wayBack(from)}`,
    );
  }
}

/** What it prints is no result. @returns its exit code */
async function npm(folder: string, args: readonly string[], terminal: Terminal): Promise<unknown> {
  terminal.err.write(`npm ${args.join(' ')}\n`);
  const child = spawn('npm', ['--no-fund', '--no-audit', ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: terminal.signal,
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => terminal.err.write(text));
  }
  const [code] = await once(child, 'close');
  return code;
}
