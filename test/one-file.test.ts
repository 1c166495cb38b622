import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

// A sender is one file, and no other edit: in a copy of the project, with the commands that a user has.

const ROOT = resolve(import.meta.dirname, '..');
const LEFT_OUT = new Set(['node_modules', 'test', 'bench', 'rules.yml', 'rules.test.yml']);
const [, BOOKSHELF = ''] =
  /```yaml\n(# yaml-language-server.*?)```/s.exec(
    readFileSync(join(ROOT, 'docs/sources.md'), 'utf8'),
  ) ?? [];

/** What the engine signs with, and what `doctor` says of secrets: neither has a command that needs no engine. */
const PROBE = `
  const { readLocalSettings } = await import('./engine/settings.ts');
  const { sourceFindings } = await import('./cli/commands/doctor/settings.ts');
  const { signingSecrets, environment } = readLocalSettings({});
  const values = ['BOOKSHELF_WEBHOOK_SECRET', 'READING_ROOM_WEBHOOK_SECRET'];
  const findings = sourceFindings(new Map(values.map((name) => [name, environment[name]])), undefined);
  console.log(JSON.stringify({ signingSecrets, environment, findings }));
`;

let copy: string;
const node = (...args: readonly string[]): string =>
  execFileSync(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
    cwd: copy,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    // Nothing of the settings of whoever runs the tests.
    env: { PATH: process.env.PATH },
  });
const text = (path: string): string => readFileSync(join(copy, path), 'utf8');

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'earmark-one-file-'));
  // What begins with a dot is of tools, and .env of the user, but for the example.
  const names = readdirSync(ROOT).filter(
    (name) => !LEFT_OUT.has(name) && !/^\.(?!env\.example$)/.test(name),
  );
  for (const name of names) cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'), 'junction');
  cpSync(join(ROOT, 'samples/shop/rules.yml'), join(copy, 'rules.yml'));
  rmSync(join(copy, 'my-sources'), { recursive: true, force: true });
  mkdirSync(join(copy, 'my-sources'));
  writeFileSync(join(copy, 'sources/bookshelf.yml'), BOOKSHELF);
  writeFileSync(
    join(copy, 'my-sources/reading-room.yml'),
    BOOKSHELF.replace('title: Bookshelf', 'title: Reading Room'),
  );
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

test('the lists know both', () => {
  const { sources } = JSON.parse(node('cli/earmark.ts', 'sources', 'list', '--json'));

  expect(sources).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        name: 'bookshelf',
        from: 'file',
        setting: 'BOOKSHELF_WEBHOOK_SECRET',
      }),
      expect.objectContaining({
        name: 'reading-room',
        from: 'own file',
        setting: 'READING_ROOM_WEBHOOK_SECRET',
      }),
    ]),
  );
});

test.each(['bookshelf', 'reading-room'])('earmark send sends a sample of %s', (name) => {
  const options = [
    '--to',
    'https://shop.example.com',
    '--secret',
    'of-a-test',
    '--email',
    'zoe@example.com',
  ];

  const out = node('cli/earmark.ts', 'send', name, 'order.refunded', ...options, '--dry-run');

  expect(out).toContain(`POST https://shop.example.com/webhooks/${name}\n`);
  expect(out).toMatch(/x-shelf-signature: sha256=[\da-f]{64}\n/);
  expect(out).toContain('"email": "zoe@example.com"');
});

test('the engine has a secret for both, and doctor speaks of it', () => {
  const { signingSecrets, environment, findings } = JSON.parse(
    node('--input-type=module', '-e', PROBE),
  );

  expect(signingSecrets).toMatchObject({
    bookshelf: environment.BOOKSHELF_WEBHOOK_SECRET,
    'reading-room': environment.READING_ROOM_WEBHOOK_SECRET,
  });
  expect(JSON.stringify(findings)).toMatch(/bookshelf is open.*reading-room is open/);
});

test('both are built, beside the bundle of receive', () => {
  node('scripts/build.ts');

  const built = readdirSync(copy, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /\.serverless.*(?:bookshelf|reading-room)\.json$/.test(path),
  );
  expect(built.map((path) => path.split(/[\\/]/).at(-1)).sort()).toEqual([
    'bookshelf.json',
    'reading-room.json',
  ]);
});

describe('npm run generate', () => {
  beforeAll(() => {
    node('scripts/generate.ts');
  });

  test("writes Earmark's own into the pages", () => {
    expect(text('.env.example')).toContain(
      '# Bookshelf: The signing secret of the webhook, from its page.\n#BOOKSHELF_WEBHOOK_SECRET=\n',
    );
    expect(text('docs/senders.md')).toContain('\n## Bookshelf\n');
    expect(text('docs/senders.md')).toContain(
      '\n- `sale`: `order.paid` where `state` is `paid` or `settled`; ',
    );
    expect(text('rules.schema.json')).toContain('"bookshelf"');
  });

  test("leaves a user's own out of them", () => {
    for (const path of ['.env.example', 'docs/senders.md', 'rules.schema.json']) {
      expect(text(path)).not.toMatch(/reading.room/i);
    }
  });
});
