import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join, relative } from 'node:path';
import { createInterface } from 'node:readline';

// AWS's client compiles an addon, curl among it, where it is installed. It has a package.json of its own
// because npm before 11.16 runs every install script whatever "allowScripts" says
// (https://github.com/npm/cli/issues/9415, checked 2026-11-22): as a dependency of the project it would
// make each `npm ci` there as slow, and a failure where there is no compiler.
const PINNED = import.meta.dirname;
const FOLDER = join(import.meta.dirname, '../../../.earmark/lambda-client');
const LOG = join(FOLDER, 'install.log');
const STAMP = join(FOLDER, 'compiled-for.txt');

/** AWS's Lambda runtime client, once it is installed: what Lambda starts beside a function's code. */
export const RUNTIME_CLIENT = join(FOLDER, 'node_modules/aws-lambda-ric/index.mjs');

/** What compiles the addon, with the Debian package of each. */
const TOOLS: Readonly<Record<string, string>> = {
  cmake: 'cmake',
  'g++': 'g++',
  make: 'make',
  python3: 'python3',
  xz: 'xz-utils',
};

/** Says in its message what is missing and what to do about it. */
class InstallError extends Error {}

/** Installs and compiles AWS's Lambda runtime client for the Node that runs this, unless it is there. */
async function install(): Promise<void> {
  const wanted = await stamp();
  if ((await readFile(STAMP, 'utf8').catch(() => '')) === wanted) return;
  const headers = checkMachine();
  console.log(
    `Compiling AWS's Lambda runtime client for Node ${process.versions.node}: about a minute, and only once.`,
  );
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  for (const file of ['package.json', 'package-lock.json']) {
    await copyFile(join(PINNED, file), join(FOLDER, file));
  }
  await npmCi(headers);
  await writeFile(STAMP, wanted);
}

/** What the compiled client depends on. */
async function stamp(): Promise<string> {
  const lock = await readFile(join(PINNED, 'package-lock.json'));
  const hash = createHash('sha256').update(lock).digest('hex');
  return `${process.version} ${process.platform}-${process.arch} ${hash}\n`;
}

/** @returns the folder whose `include/node` has the headers of the Node that runs this */
function checkMachine(): string {
  if (process.platform !== 'linux') {
    throw new InstallError(
      `AWS's Lambda runtime client compiles on Linux alone, and this is ${process.platform}. ` +
        'Run this command in a Linux container or in CI.',
    );
  }
  const missing = Object.keys(TOOLS).filter((tool) => !isInPath(tool));
  if (missing.length > 0) {
    throw new InstallError(
      `AWS's Lambda runtime client is compiled here, which needs ${missing.join(', ')} in the PATH. ` +
        `On Debian: apt-get install ${missing.map((tool) => TOOLS[tool]).join(' ')}`,
    );
  }
  // The npm packages of Node bring them, as its archives and container images do.
  const prefix = dirname(dirname(process.execPath));
  if (existsSync(join(prefix, 'include/node/node_api.h'))) return prefix;
  throw new InstallError(
    `AWS's Lambda runtime client is compiled here, and ${prefix}/include/node has no headers of ` +
      `${process.execPath}. Run "npm ci" without --omit=optional: it brings a Node that has them.`,
  );
}

function isInPath(tool: string): boolean {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.some((folder) => existsSync(join(folder, tool)));
}

/** Shows the steps as they begin, and keeps all that is printed in a log. */
async function npmCi(headers: string): Promise<void> {
  const options = ['--ignore-scripts=false', '--foreground-scripts', '--no-audit', '--no-fund'];
  const npm = spawn('npm', ['ci', ...options], {
    cwd: FOLDER,
    // Otherwise node-gyp fetches the headers from the network.
    env: { ...process.env, npm_config_nodedir: headers },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const hear = (line: string) => {
    lines.push(line);
    if (/^(?:Extracting|Building) .*\.\.\.$/.test(line)) console.log(`  ${line}`);
  };
  createInterface(npm.stdout).on('line', hear);
  createInterface(npm.stderr).on('line', hear);
  const ended = Promise.withResolvers<number | null>();
  npm.on('error', ended.reject);
  npm.on('close', ended.resolve);
  const code = await ended.promise;
  await writeFile(LOG, `${lines.join('\n')}\n`);
  if (code === 0) return;
  throw new InstallError(
    `AWS's Lambda runtime client could not be installed: npm ended with ${code}. It said at the end:\n` +
      `${lines.slice(-20).join('\n')}\nAll of it is in ${relative(process.cwd(), LOG)}`,
  );
}

if (import.meta.main) {
  try {
    await install();
  } catch (error) {
    console.error(error instanceof InstallError ? error.message : error);
    process.exitCode = 1;
  }
}
