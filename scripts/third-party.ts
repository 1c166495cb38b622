import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from './template.ts';

/** A package of npm of which a bundle holds something. */
export interface ThirdParty {
  readonly name: string;
  readonly version: string;
  /** As SPDX writes it. */
  readonly license: string;
  /** What its licence and notice files say, or where that is found. */
  readonly notices: readonly string[];
}

const NOTICE_FILE = /^(?:licen[cs]e|notice|copying)/i;

/**
 * Finds the packages that files of a bundle are from.
 * @param files paths from the project's folder, as esbuild names its inputs
 * @throws Error for a package that names no licence
 */
export async function thirdParties(files: readonly string[]): Promise<readonly ThirdParty[]> {
  const folders = new Set(
    files.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []),
  );
  const found = await Promise.all([...folders].map((folder) => thirdParty(join(ROOT, folder))));
  return found.sort((a, b) => keyOf(a).localeCompare(keyOf(b), 'en'));
}

const keyOf = ({ name, version }: ThirdParty): string => `${name}@${version}`;

async function thirdParty(folder: string): Promise<ThirdParty> {
  const { name, version, license, homepage } = JSON.parse(
    await readFile(join(folder, 'package.json'), 'utf8'),
  ) as { name: string; version: string; license?: string; homepage?: string };
  if (!license) throw new Error(`${name}@${version} names no licence: see ${folder}.`);
  const files = (await readdir(folder)).filter((file) => NOTICE_FILE.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  const notices =
    texts.length > 0
      ? texts.map((text) => text.trim())
      : [
          `Its package has no text of the ${license} licence: see ${homepage ?? 'its page at npm'}.`,
        ];
  return { name, version, license, notices };
}

/** The notices as one text; packages of the same text share it. */
export function noticesText(parties: readonly ThirdParty[]): string {
  const byText = Map.groupBy(parties, ({ notices }) => notices.join('\n\n'));
  const parts = [...byText].map(([text, its]) => {
    const names = its.map((one) => `${keyOf(one)} (${one.license})`).join('\n');
    return `${names}\n\n${text}\n`;
  });
  return `The functions' bundles hold parts of these packages.\n\n${parts.join(`\n${'-'.repeat(80)}\n\n`)}`;
}

/**
 * A bill of materials in CycloneDX. `npm sbom` lists what package.json asks for and not what the bundles hold:
 * with --omit dev it leaves out whatever a development package needs as well.
 */
export function billOfMaterials(version: string, parties: readonly ThirdParty[]): string {
  const components = parties.map((one) => ({
    type: 'library',
    'bom-ref': keyOf(one),
    name: one.name,
    version: one.version,
    purl: `pkg:npm/${one.name.replace('@', '%40')}@${one.version}`,
    licenses: [{ expression: one.license }],
  }));
  const metadata = { component: { type: 'application', name: 'earmark', version } };
  const bom = { bomFormat: 'CycloneDX', specVersion: '1.5', version: 1, metadata, components };
  return `${JSON.stringify(bom, null, 2)}\n`;
}
