import { existsSync } from 'node:fs';
import { mkdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import type { CommandContext } from '../../kit/command.ts';
import { CliFailure, wrongUsage } from '../../kit/failure.ts';
import { git, gitOrNot } from '../../kit/git.ts';
import { EARMARK, PLACE } from '../../kit/project.ts';
import { writeJson } from '../../kit/terminal.ts';
import { projectFiles } from './files.ts';

export interface InitOptions {
  readonly from?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** The command of a project: a link, so that it is Earmark's whichever is in use. */
const LAUNCHER = 'earmark';

/** `earmark init`. */
export async function init(
  given: string,
  options: InitOptions,
  { folder: here, terminal }: CommandContext,
): Promise<void> {
  const folder = resolve(here, given);
  const files = projectFiles(folder);
  const paths = [...files.keys(), LAUNCHER, PLACE].sort();
  await refuse(folder, paths);
  const { url, commit, notes } = await origin(options.from);
  if (!options.dryRun) await make(folder, files, { url, commit });
  if (options.json) {
    const { dryRun = false } = options;
    return writeJson(terminal, { folder, commit, from: url, files: paths, notes, dryRun });
  }
  terminal.out.write(options.dryRun ? planned(folder, paths) : made(given, commit, url));
  for (const note of notes) terminal.err.write(`${note}\n`);
}

/** @throws CliFailure where the folder is none for a project, or something is in the way */
async function refuse(folder: string, paths: readonly string[]): Promise<void> {
  const [inside, ours] = [await nearest(folder), await realpath(EARMARK)];
  if (!relative(ours, inside).startsWith('..')) {
    throw wrongUsage(
      `${folder} lies in Earmark's own folder, whose upgrade it would be in the way of. Name one beside it: ./earmark init ../my-shop`,
    );
  }
  const inTheWay = paths.filter((path) => existsSync(join(folder, path)));
  if (inTheWay.length === 0) return;
  throw wrongUsage(
    `In ${folder} there is already ${inTheWay.join(', ')}.\nNothing was written. Name another folder, or move that away.`,
  );
}

/** The real path of a folder, or of the first above it that is there. */
const nearest = async (folder: string): Promise<string> =>
  realpath(folder).catch(() => nearest(dirname(folder)));

/** Where upgrades come from, and at which commit Earmark is. @throws CliFailure */
async function origin(from: string | undefined) {
  const commit = await gitOrNot(EARMARK, 'rev-parse', '--verify', 'HEAD');
  if (!commit || (await gitOrNot(EARMARK, 'rev-parse', '--show-prefix')) !== '') {
    throw new CliFailure(
      `${EARMARK} is no clone of Earmark's repository. Clone it with git, and run init there.`,
    );
  }
  const written = from ?? (await gitOrNot(EARMARK, 'remote', 'get-url', 'origin'));
  if (!written) {
    throw wrongUsage(
      'This clone has no remote "origin". Say with --from where upgrades come from: --from https://…',
    );
  }
  const isKnown = await gitOrNot(EARMARK, 'branch', '--remotes', '--contains', commit);
  const isChanged = await gitOrNot(EARMARK, 'status', '--porcelain', '--untracked-files=no');
  const notes = [
    !from &&
      !isKnown &&
      `note: as far as is known here, ${written} does not have the commit ${commit.slice(0, 7)}. Push it, or others cannot install the project.`,
    isChanged && 'note: what is changed here and not committed is not in the project.',
  ].filter((note) => typeof note === 'string' && note !== '');
  // A path is from this clone.
  return { url: /^\.\.?\//.test(written) ? resolve(EARMARK, written) : written, commit, notes };
}

interface Origin {
  readonly url: string;
  readonly commit: string;
}

/** All of it or nothing. */
async function make(
  folder: string,
  files: ReadonlyMap<string, string>,
  { url, commit }: Origin,
): Promise<void> {
  const isNew = !existsSync(folder);
  await mkdir(folder, { recursive: true });
  const isOfItsOwn = existsSync(join(folder, '.git'));
  const isInOne = (await gitOrNot(folder, 'rev-parse', '--git-dir')) !== undefined;
  try {
    if (!isInOne) await git(folder, 'init', '--quiet', '--initial-branch=main');
    // From here it needs no network, and surely has the commit.
    await git(folder, 'clone', '--quiet', '--no-checkout', EARMARK, PLACE);
    const place = join(folder, PLACE);
    await git(place, 'checkout', '--quiet', '--detach', commit);
    await git(place, 'remote', 'set-url', 'origin', url);
    await git(folder, 'submodule', '--quiet', 'add', '--force', url, PLACE);
    for (const [path, text] of files) {
      await mkdir(join(folder, dirname(path)), { recursive: true });
      await writeFile(join(folder, path), text, { flag: 'wx' });
    }
    await symlink(join(PLACE, 'earmark'), join(folder, LAUNCHER));
  } catch (error) {
    const made = isNew ? [''] : [...files.keys(), LAUNCHER, PLACE, ...(isOfItsOwn ? [] : ['.git'])];
    for (const path of made) await rm(join(folder, path), { recursive: true, force: true });
    throw error;
  }
}

const planned = (folder: string, paths: readonly string[]): string =>
  [
    `In ${folder} it would write`,
    ...paths.map((path) => `  ${path}`),
    'Nothing was written.',
    '',
  ].join('\n');

const made = (given: string, commit: string, url: string): string => `Your project is in ${given}.
Earmark is in its folder ${PLACE}, at ${commit.slice(0, 7)} of ${url}.

  cd ${given}
  npm ci                          # Earmark's packages: a minute or two
  npm start                       # all of it on this machine
  npm test                        # the rules, and their tests

Yours are rules.yml, rules.test.yml and parameters.yml; README.md says the rest.
Keep it: git add . && git commit -m "Begin"
`;
