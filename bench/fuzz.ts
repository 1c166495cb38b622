import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readBesideIn } from '../lib/rules/authoring/beside.ts';
import { loadRules } from '../lib/rules/authoring/load.ts';
import { readOptions, showProgress } from './command.ts';

const HELP = `Usage: npm run fuzz -- [options]

Sends signed and nearly signed requests with hostile contents to the real \`receive\`, under the rules that are
shipped and those of docs/rules.md. None may throw, be answered 5xx or take over 1 s of processor time, a
wrong signature must be refused, and every line of the log must be JSON without an address.

Options:
  --runs 200000  requests
  --seed N       of the first; those after it have the numbers that follow. Default: another each time
  --help`;

const MOST_MS = 1000;
const MOST_SHOWN = 20;

// The bundle has rules.yml built in.
registerHooks({
  load(url, context, next) {
    if (!url.endsWith('.yml')) return next(url, context);
    const path = fileURLToPath(url);
    const rules = loadRules(
      readFileSync(path, 'utf8'),
      basename(path),
      readBesideIn(dirname(path)),
    );
    const source = `export default ${JSON.stringify(rules)};`;
    return { format: 'module', shortCircuit: true, source };
  },
});
const { fuzz } = await import('./fuzz/run.ts');

const { runs, seed } = readOptions(HELP, {
  runs: { usual: 200_000, least: 1 },
  seed: { usual: Date.now() % 1_000_000_000, least: 0 },
});
console.log(`${runs} requests, seed ${seed}`);
const { findings, answers, slowest } = await fuzz(seed, runs, (done, found) => {
  if (done % 100 === 0) showProgress(`${done} of ${runs}, ${found.length} wrong`);
  if (done % 20_000 === 0 && !process.stderr.isTTY) {
    console.log(`${done} done, ${found.length} wrong`);
  }
});
showProgress('');

for (const [outcome, count] of [...answers].sort()) console.log(`${count}  ${outcome}`);
const { cpuMs, bytes, rules, source } = slowest;
console.log(
  `Slowest: ${cpuMs.toFixed(0)} ms of processor time for ${bytes} bytes of ${source} under ${rules}: --seed ${slowest.seed} --runs 1`,
);
for (const { what, ...about } of findings.slice(0, MOST_SHOWN)) {
  console.log(`--seed ${about.seed} --runs 1: ${about.source} under ${about.rules}: ${what}`);
}
const isSlow = cpuMs > MOST_MS;
if (isSlow) console.log(`Over ${MOST_MS} ms.`);
const passed = findings.length === 0 && !isSlow;
console.log(passed ? 'Passed.' : `Failed: ${findings.length} wrong.`);
process.exitCode = passed ? 0 : 1;
