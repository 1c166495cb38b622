import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ROOT } from '../../scripts/template.ts';

// A project of one's own, from nothing to an upgrade: `npm run test:project`. It installs all packages twice, and takes
// the committed state of this repository.

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'earmark-project-')));
const upstream = join(folder, 'upstream');
const shop = join(folder, 'My Shop');

/** As a person's shell has it: not within npm, not within jest. */
const ENV = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(?:npm_|INIT_CWD|NODE_|JEST)/i.test(name)),
  ),
  npm_config_prefer_offline: 'true',
  PORT: '0',
  WIX_SIMULATOR_PORT: '0',
  GIT_AUTHOR_NAME: 'Kim',
  GIT_AUTHOR_EMAIL: 'kim@example.com',
  GIT_COMMITTER_NAME: 'Kim',
  GIT_COMMITTER_EMAIL: 'kim@example.com',
};

const run = (cwd: string, command: string, ...args: readonly string[]): string =>
  execFileSync(command, args, {
    cwd,
    env: ENV,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });

const edit = (path: string, change: (text: string) => string): void =>
  writeFileSync(path, change(readFileSync(path, 'utf8')));

const commitAll = (cwd: string, subject: string): string => {
  run(cwd, 'git', 'add', '.');
  run(cwd, 'git', 'commit', '--quiet', '-m', subject);
  return run(cwd, 'git', 'rev-parse', 'HEAD').trim();
};

/** The files that are the user's, by path. */
function ownFiles(): ReadonlyMap<string, string> {
  const tracked = run(shop, 'git', 'ls-files').trim().split('\n');
  const own = [...tracked, '.env'].filter((path) => path !== 'vendor/earmark');
  return new Map(own.map((path) => [path, readFileSync(join(shop, path), 'latin1')]));
}

beforeAll(() => {
  run(folder, 'git', 'clone', '--quiet', ROOT, upstream);
  run(
    folder,
    process.execPath,
    join(ROOT, 'cli/earmark.ts'),
    'init',
    'My Shop',
    '--from',
    upstream,
  );
  run(shop, 'npm', 'ci');
});
afterAll(() => rmSync(folder, { recursive: true }));

test('npm start labels a sample, and npm test passes', async () => {
  // Act
  const engine = spawn('npm', ['start'], { cwd: shop, env: ENV });
  let printed = '';
  const labelled = new Promise<void>((resolve, reject) => {
    const hear = (text: Buffer) => {
      printed += text;
      if (/^custom order\.paid → .*Customer/m.test(printed)) resolve();
    };
    engine.stdout.on('data', hear);
    engine.stderr.on('data', hear);
    engine.on('close', () => reject(new Error(`The engine ended:\n${printed}`)));
  });
  await labelled;
  const { pid } = JSON.parse(readFileSync(join(shop, '.earmark/engine.json'), 'utf8'));
  process.kill(pid, 'SIGINT');
  const [code] = await once(engine, 'close');

  // Assess
  expect(code).toBe(0);
  expect(printed).toContain('Earmark is ready on');
  expect(run(shop, 'npm', 'test')).toContain('2 tests, all passed');
});

test('an upgrade is one command, with no conflict and nothing of the user’s touched', () => {
  // Arrange: both have changed the same files since
  edit(
    join(shop, 'rules.yml'),
    (text) => `${text}  - { name: forms, sources: acme, on: form.submitted, add: [Form] }\n`,
  );
  edit(join(shop, 'rules.test.yml'), (text) =>
    text.replace('a big order', 'an order of 250 dollars'),
  );
  edit(join(shop, 'parameters.yml'), (text) =>
    text.replace('default:', 'default:\n  wixRequestsPerMinute: 60'),
  );
  mkdirSync(join(shop, 'my-sources'));
  writeFileSync(join(shop, 'my-sources/acme.yml'), readFileSync(join(ROOT, 'sources/tally.yml')));
  writeFileSync(join(shop, '.env'), 'CUSTOM_WEBHOOK_SECRET=a-secret-of-the-shop\n');
  commitAll(shop, 'Begin');
  edit(join(upstream, 'rules.yml'), (text) => text.replaceAll('VIP', 'Very important'));
  edit(join(upstream, 'rules.test.yml'), (text) => text.replaceAll('VIP', 'Very important'));
  edit(join(upstream, 'serverless.yml'), (text) =>
    text.replace('memorySize: 256', 'memorySize: 320'),
  );
  edit(join(upstream, 'CHANGELOG.md'), (text) =>
    text.replace('### Added\n', '### Added\n\n- Labels in\n  all colours.'),
  );
  const later = commitAll(upstream, 'Colour all labels');
  const before = ownFiles();

  // Act
  const printed = run(shop, 'npm', 'run', '--silent', 'upgrade');

  // Assess
  expect(printed).toContain(`→ ${later.slice(0, 7)}: the tests of your rules pass`);
  expect(printed).toContain('New in CHANGELOG.md:\n- Labels in all colours.\n');
  expect(run(shop, 'git', 'status', '--porcelain')).toBe(' M vendor/earmark\n');
  expect(ownFiles()).toEqual(before);
  expect(run(join(shop, 'vendor/earmark'), 'git', 'rev-parse', 'HEAD').trim()).toBe(later);

  // Act: what deploys is the newer Earmark with the rules, sources and parameters of the shop
  run(shop, 'npx', 'serverless', 'package');

  // Assess
  const compiled = readFileSync(
    join(shop, '.serverless/cloudformation-template-update-stack.json'),
    'utf8',
  );
  const { LabelLambdaFunction: label } = JSON.parse(compiled).Resources;
  expect(label.Properties).toMatchObject({
    MemorySize: 320,
    Environment: { Variables: { WIX_REQUESTS_PER_MINUTE: '60' } },
  });
  expect(readFileSync(join(shop, '.serverless/build/receive.js'), 'utf8')).toContain('"forms"');
});
