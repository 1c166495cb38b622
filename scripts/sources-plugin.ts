import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Plugin } from 'esbuild';
import type { Description } from '../lib/sources/described/description.ts';

/** The folder beside a bundle that has a file for each described source. */
export const SOURCES_FOLDER = 'sources';

/**
 * Gives a bundle the names of the described sources, and reads each description from JSON beside it when its first
 * delivery comes: neither the size of the bundle nor its start grows with the number of sources.
 */
export const sourcesPlugin = (descriptions: () => readonly Description[]): Plugin => ({
  name: 'sources',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]described[\\/]descriptions\.ts$/ }, ({ path }) => {
      try {
        const names = descriptions().map(({ name }) => name);
        return { contents: moduleText(names), loader: 'ts', resolveDir: dirname(path) };
      } catch (error) {
        const { message } = error as Error;
        return { errors: message.split('\n').map((text) => ({ text })) };
      }
    });
  },
});

const moduleText = (names: readonly string[]): string => `
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
const NAMES = ${JSON.stringify(names)};
export const describedNames = () => NAMES;
export const descriptionOf = (name) =>
  NAMES.includes(name)
    ? JSON.parse(readFileSync(join(__dirname, '${SOURCES_FOLDER}', name + '.json'), 'utf8'))
    : undefined;
`;

/** Writes the descriptions beside a bundle. */
export async function writeDescriptions(
  outDir: string,
  descriptions: readonly Description[],
): Promise<void> {
  const folder = join(outDir, SOURCES_FOLDER);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await Promise.all(
    descriptions.map((one) => writeFile(join(folder, `${one.name}.json`), JSON.stringify(one))),
  );
}
