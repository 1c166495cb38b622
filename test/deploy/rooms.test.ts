import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { checkImports } from '../../scripts/rooms.ts';
import { ROOT } from '../../scripts/template.ts';

const check = (path: string, text: string) => checkImports(new Map([[path, text]]));

describe('the imports rule', () => {
  test.each([
    ['functions/label.ts', "import { label } from '../lib/labelling/label.ts';"],
    ['functions/receive.ts', "import rules from '../rules.yml';"],
    ['lib/labelling/label.ts', "import type { Wix } from '../wix/site.ts';"],
    ['lib/wix/labels.ts', "import { ask } from './calls/client.ts';"],
    ['lib/wix/calls/client.ts', "import { request } from 'node:https';"],
    ['lib/sources/stripe/stripe.ts', "import { createHmac } from 'node:crypto';"],
    ['lib/yaml/yaml-file.ts', "import { parseDocument } from 'yaml';"],
    ['engine/start.ts', "import { compileTemplate } from '../scripts/template.ts';"],
    ['test/wix/labels.test.ts', "import { labels } from '../../lib/wix/labels.ts';"],
  ])('lets %s say %s', (path, text) => {
    expect(check(path, text)).toEqual([]);
  });

  test.each([
    ['lib/wix/labels.ts', "import { send } from '../queue/queue.ts';", 'lib/queue/queue.ts'],
    ['lib/queue/queue.ts', "import { label } from '../labelling/label-job.ts';", 'label-job.ts'],
    ['lib/runtime/log.ts', "import type { Job } from '../queue/job.ts';", 'lib/queue/job.ts'],
    ['lib/runtime/log.ts', "export * from '../events/event.ts';", 'lib/events/event.ts'],
    ['lib/runtime/log.ts', "import '../wix/calls/client.ts';", 'lib/wix/calls/client.ts'],
    ['lib/rules/match.ts', "const a = await import('../wix/site.ts');", 'lib/wix/site.ts'],
    ['lib/wix/site.ts', "import { start } from '../../engine/start.ts';", 'engine/start.ts'],
    ['lib/wix/site.ts', "import {\n  a,\n  b,\n} from '../labelling/retry.ts';", 'retry.ts'],
    ['functions/label.ts', "import { check } from '../scripts/build.ts';", 'scripts/build.ts'],
    ['engine/start.ts', "import { handler } from '../functions/label.ts';", 'functions/label.ts'],
    ['lib/sources/wix/wix.ts', "import { readFileSync } from 'node:fs';", 'node:fs'],
    ['lib/rules/match.ts', "import { parse } from 'yaml';", 'yaml'],
    ['lib/labelling/retry.ts', "import { request } from 'node:http';", 'node:http'],
    ['lib/payments/pay.ts', "import { a } from './b.ts';", 'lib/payments is no room'],
  ])('goes red where %s says %j', (path, text, named) => {
    const problems = check(path, text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(path);
    expect(problems[0]).toContain(named);
  });

  test('names the line, and what the room may import', () => {
    const text = "import a from './a.ts';\n\nimport { b } from '../wix/b.ts';\n";
    expect(check('lib/queue/queue.ts', text)).toEqual([
      'lib/queue/queue.ts:3: imports lib/wix/b.ts. lib/queue may import lib/history, lib/events, lib/runtime.',
    ]);
  });
});

test('a circle of imports is named, of types too', () => {
  const files = [
    ['lib/wix/c.ts', "import type { a } from './a.ts';\n"],
    ['lib/wix/a.ts', "import { c } from './c.ts';\n"],
  ] as const;
  expect(checkImports(new Map(files))).toEqual([
    'lib/wix/c.ts → lib/wix/a.ts → lib/wix/c.ts: a circle of imports.',
  ]);
});

describe('the pure rooms', () => {
  test.each([
    'Date.now()',
    'new Date()',
    'new Date',
    'Math.random()',
    'process.env.WIX_API_KEY',
    "fetch('https://example.com')",
    'setTimeout(work, 1)',
    'performance.now()',
    'crypto.randomUUID()',
  ])('may not use %s', (use) => {
    const text = `export const a = ${use};`;
    expect(check('lib/sources/custom.ts', text)).toHaveLength(1);
    expect(check('lib/rules/match.ts', text)).toHaveLength(1);
    expect(check('lib/labelling/retry.ts', text)).toHaveLength(1);
    expect(check('lib/wix/calls/client.ts', text)).toEqual([]);
  });

  test('may read a time that was given, and speak of the clock in a comment', () => {
    const text = '// Not Date.now(): it is given.\nexport const at = (ms: number) => new Date(ms);';
    expect(check('lib/sources/custom.ts', text)).toEqual([]);
  });
});

test('the project keeps to its rooms', async () => {
  const script = join(ROOT, 'scripts/check-imports.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [script]);
  expect(stdout).toMatch(/^\d{3,} files keep to their rooms\.\n$/);
});
