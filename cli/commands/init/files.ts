import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { EARMARK } from '../../kit/project.ts';

const FOLDER = join(import.meta.dirname, 'project');

/** What a project begins with, by path. @param folder the project's: its name becomes the package's */
export function projectFiles(folder: string): ReadonlyMap<string, string> {
  const paths = readdirSync(FOLDER, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const name = packageName(basename(folder));
  const texts = paths.map((path): [string, string] => [
    path.slice(FOLDER.length + 1),
    readFileSync(path, 'utf8').replaceAll('"my-earmark"', JSON.stringify(name)),
  ]);
  const settings = readFileSync(join(EARMARK, '.env.example'), 'utf8');
  return new Map(
    [...texts, ['.env.example', settings] as const].sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** As npm takes it: `My Shop` becomes `my-shop`. */
export const packageName = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z\d-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '') || 'my-earmark';
