import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Plugin } from 'esbuild';
import { readBesideIn } from '../lib/rules/authoring/beside.ts';
import { loadRules } from '../lib/rules/authoring/load.ts';
import { FileError } from '../lib/yaml/problem.ts';

/**
 * Whether a rules file has standing labels. Where it has none, nothing of them is built or deployed. A file that is
 * broken or not there has none: the build says what is wrong with it.
 * @param rules absolute
 */
export function hasStandingLabels(rules: string): boolean {
  if (!existsSync(rules)) return false;
  try {
    const text = readFileSync(rules, 'utf8');
    return loadRules(text, rules, readBesideIn(dirname(rules))).labels !== undefined;
  } catch (error) {
    if (error instanceof FileError) return false;
    throw error;
  }
}

/** What stands in a bundle for `process.env.STANDING_LABELS`: with `off`, esbuild leaves out what it guards. */
export const standingDefine = (isOn: boolean): Readonly<Record<string, string>> => ({
  'process.env.STANDING_LABELS': isOn ? '"on"' : '"off"',
});

const ROOMS =
  /[\\/](?:history|standing|store|waking)[\\/][\w-]+\.ts$|[\\/](?:history-parts|standing-job)\.ts$/;

const GUARD = "process.env.STANDING_LABELS !== 'off'";
/** As false, and without a letter. */
const NEVER = "'' !== ''";

/**
 * Lets esbuild drop a module of standing labels that nothing uses: none of them does anything when it is imported.
 * Where they are off, nor does it see the guards themselves: esbuild gives the shortest names to what is used most,
 * in letters ordered by how often each stands in the sources, dropped code and types counted in. So a guard more
 * could rename everything in a bundle that is otherwise the same.
 */
export const standingPlugin = (isOn: boolean): Plugin => ({
  name: 'standing',
  setup({ onResolve, onLoad, resolve }) {
    onResolve({ filter: ROOMS }, async ({ path, pluginData, ...options }) => {
      if (pluginData === 'resolved') return undefined;
      const found = await resolve(path, { ...options, pluginData: 'resolved' });
      return found.errors.length > 0 ? found : { ...found, sideEffects: false };
    });
    if (isOn) return;
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      if (!text.includes(GUARD)) return undefined;
      return { contents: text.replaceAll(GUARD, NEVER), loader: 'ts' };
    });
  },
});
