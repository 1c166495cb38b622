import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { CODE_SOURCES } from '../../lib/events/event.ts';
import { codeSources } from '../../lib/sources/index.ts';

const page = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe.each(CODE_SOURCES)('the documentation of %s', (name) => {
  const { secretSetting } = codeSources[name];

  test('docs/sources.md has its path and its setting in the table', () => {
    expect(page('docs/sources.md')).toContain(`| \`/webhooks/${name}\` | \`${secretSetting}\` |`);
  });

  test('README.md says what to subscribe to', () => {
    expect(page('README.md')).toContain(`\n| \`${name}\` | `);
  });

  test('docs/deploy.md stores its secret', () => {
    expect(page('docs/deploy.md')).toContain(secretSetting);
  });

  test('the form for bug reports offers it', () => {
    expect(page('.github/ISSUE_TEMPLATE/bug.yml')).toMatch(
      new RegExp(`options: \\[.*\\b${name}\\b.*\\]`),
    );
  });

  test('docs/rules.md names it among the sources', () => {
    const [, listed] = /^\*\*Sources:\*\* (.*)\.$/m.exec(page('docs/rules.md')) ?? [];

    expect(listed?.split(', ')).toContain(`\`${name}\``);
  });
});
