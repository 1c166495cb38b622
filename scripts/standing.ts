import { existsSync, readFileSync } from 'node:fs';
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

/** Lets esbuild drop a module of standing labels that nothing uses: none of them does anything when it is imported. */
export const standingPlugin: Plugin = {
  name: 'standing',
  setup({ onResolve, resolve }) {
    onResolve({ filter: ROOMS }, async ({ path, pluginData, ...options }) => {
      if (pluginData === 'resolved') return undefined;
      const found = await resolve(path, { ...options, pluginData: 'resolved' });
      return found.errors.length > 0 ? found : { ...found, sideEffects: false };
    });
  },
};
