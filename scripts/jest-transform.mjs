import { createHash } from 'node:crypto';
import { basename, dirname } from 'node:path';
import { transformSync } from 'esbuild';
import { readBesideIn } from '../lib/rules/authoring/beside.ts';
import { loadRules } from '../lib/rules/authoring/load.ts';

const VERSION = '2';

/** A rules file as the module that the bundle would hold. Throws FileError when it is broken. */
function rulesModule(source, path) {
  const rules = loadRules(source, basename(path), readBesideIn(dirname(path)));
  return `export default ${JSON.stringify(rules)};`;
}

/** Jest transform: TypeScript by esbuild, rules.yml by its loader. */
export default {
  process(source, path) {
    if (path.endsWith('.yml')) return { code: rulesModule(source, path) };
    return transformSync(source, {
      loader: 'ts',
      format: 'esm',
      target: 'node22',
      sourcemap: 'inline',
      sourcefile: path,
    });
  },
  getCacheKey(source, path) {
    // What a rules file becomes hangs on the loader too, so its key is the outcome.
    const input = path.endsWith('.yml') ? rulesModule(source, path) : source;
    return createHash('sha256').update(VERSION).update(path).update(input).digest('hex');
  },
};
