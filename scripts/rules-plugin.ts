import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { Plugin } from 'esbuild';
import { readBesideIn } from '../lib/rules/beside.ts';
import { loadRules } from '../lib/rules/load.ts';

/**
 * Lets a bundle import rules.yml as the object that `loadRules` makes of it. Broken rules fail the
 * build with the loader's own lines, each with file, line, column and reason.
 */
export const rulesPlugin: Plugin = {
  name: 'rules',
  setup({ onLoad, onResolve, initialOptions }) {
    onResolve({ filter: /[\\/]rules\.yml$/ }, ({ path, resolveDir }) => {
      const file = join(resolveDir, path);
      if (existsSync(file)) return { path: file };
      const text =
        'rules.yml is not there: write one beside serverless.yml (docs/rules.md says how).';
      return { errors: [{ text }] };
    });

    onLoad({ filter: /[\\/]rules\.yml$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      try {
        const name = relative(initialOptions.absWorkingDir ?? '', path);
        const rules = loadRules(text, name, readBesideIn(dirname(path)));
        return { contents: JSON.stringify(rules), loader: 'json' };
      } catch (error) {
        const { message } = error as Error;
        return { errors: message.split('\n').map((line) => ({ text: line })) };
      }
    });
  },
};
