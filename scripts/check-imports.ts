import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkImports, ROOMS } from './rooms.ts';
import { ROOT } from './template.ts';

const folders = new Set(Object.keys(ROOMS).map((room) => room.split('/')[0]));
const paths = [...folders].flatMap((folder) => globSync(`${folder}/**/*.{ts,tsx}`, { cwd: ROOT }));
const files = new Map(
  paths.map((path) => [path.replaceAll('\\', '/'), readFileSync(join(ROOT, path), 'utf8')]),
);
const problems = checkImports(files);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else console.log(`${files.size} files keep to their rooms.`);
