import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import type { Plugin } from 'esbuild';
import { readBesideIn } from '../lib/rules/authoring/beside.ts';
import { loadRules } from '../lib/rules/authoring/load.ts';

/** What is said where there is no such file. */
export const noRules = (file: string): string =>
  `${file} is not there: write one (docs/rules.md says how).`;

/**
 * Lets a bundle import rules.yml as the object that `loadRules` makes of it. Broken rules fail the
 * build with the loader's own lines, each with file, line, column and reason.
 * @param file the rules file, absolute
 */
export const rulesPlugin = (file: string): Plugin => ({
  name: 'rules',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /[\\/]rules\.yml$/ }, () => {
      if (existsSync(file)) return { path: file };
      return { errors: [{ text: noRules(file) }] };
    });

    onLoad({ filter: /[\\/]rules\.yml$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      try {
        const name = relative('', path);
        const rules = loadRules(text, name, readBesideIn(dirname(path)));
        return { contents: JSON.stringify(rules), loader: 'json' };
      } catch (error) {
        const { message } = error as Error;
        return { errors: message.split('\n').map((line) => ({ text: line })) };
      }
    });
  },
});
