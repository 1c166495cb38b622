import { execFileSync } from 'node:child_process';
import { subjectProblem } from './commit-subjects.ts';
import { ROOT } from './template.ts';

/** The last commit whose subject was held to nothing. */
const BASE = 'd413ed4f660a244d637013ed11afe66471baecfd';

const git = (...args: readonly string[]): string =>
  execFileSync('git', args, {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();

function isBehind(commit: string): boolean {
  try {
    git('merge-base', '--is-ancestor', commit, 'HEAD');
    return true;
  } catch {
    return false;
  }
}

/** What came after the base; in a shallow clone without it, what there is. */
function range(): string {
  if (isBehind(BASE)) return `${BASE}..HEAD`;
  if (git('rev-parse', '--is-shallow-repository') === 'true') return 'HEAD';
  throw new Error(`There is no commit ${BASE}. Name another in scripts/check-commits.ts.`);
}

const lines = git('log', '--no-merges', '--format=%h %s', range()).split('\n').filter(Boolean);
const problems = lines.flatMap((line) => {
  const subject = line.slice(line.indexOf(' ') + 1);
  const problem = subjectProblem(subject);
  return problem === undefined ? [] : [`${line}\n  ${problem}.`];
});
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else console.log(`${lines.length} commits say in the imperative what they do.`);
