import { createHash } from 'node:crypto';
import { transformSync } from 'esbuild';
import { parse } from 'yaml';

const VERSION = '1';

/** Jest transform: TypeScript by esbuild, rules.yml to the module the bundle would hold. */
export default {
  process(source, path) {
    if (path.endsWith('.yml')) return { code: `export default ${JSON.stringify(parse(source))};` };
    return transformSync(source, {
      loader: 'ts',
      format: 'esm',
      target: 'node22',
      sourcemap: 'inline',
      sourcefile: path,
    });
  },
  getCacheKey: (source, path) =>
    createHash('sha256').update(VERSION).update(path).update(source).digest('hex'),
};
