import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readBesideIn } from '../lib/rules/authoring/beside.ts';
import { loadRules } from '../lib/rules/authoring/load.ts';

/*
 * `node --import ./bench/import-rules.ts`: lets what is not bundled import rules.yml, as scripts/rules-plugin.ts does
 * for bundles. The functions import it, and the simulations import the functions.
 */
registerHooks({
  load(url, context, next) {
    if (!url.endsWith('/rules.yml')) return next(url, context);
    const path = fileURLToPath(url);
    const rules = loadRules(readFileSync(path, 'utf8'), path, readBesideIn(dirname(path)));
    const source = `export default ${JSON.stringify(rules)}`;
    return { format: 'module', source, shortCircuit: true };
  },
});
