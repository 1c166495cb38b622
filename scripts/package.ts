import { readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import packageJson from '../package.json' with { type: 'json' };
import { functionNames, RULES } from './build.ts';
import { bundle } from './bundles.ts';
import { hasStandingLabels } from './standing.ts';
import { packageService, ROOT } from './template.ts';
import { billOfMaterials, noticesText, thirdParties } from './third-party.ts';
import { readZip } from './zip.ts';

/** Packages into `.serverless`, writes beside the zips whose code they hold, and prints what is there. Needs no AWS account. */
async function packageAndShow(): Promise<void> {
  const folder = await packageService(ROOT);
  console.log(row('artefact', 'zip', 'bundle'));
  const isStanding = hasStandingLabels(RULES);
  for (const name of functionNames(isStanding)) {
    const path = join(folder, `${name}.zip`);
    const zip = await readFile(path);
    const size = [...readZip(zip).values()].reduce((bytes, file) => bytes + file.length, 0);
    console.log(row(relative(ROOT, path), bytes(zip.length), bytes(size)));
  }
  const parties = await thirdParties(
    Object.values(await bundle(isStanding)).flatMap(({ files }) => files.map(({ name }) => name)),
  );
  await writeFile(join(folder, 'THIRD-PARTY-NOTICES.txt'), noticesText(parties));
  await writeFile(join(folder, 'sbom.cdx.json'), billOfMaterials(packageJson.version, parties));
  console.log(`THIRD-PARTY-NOTICES.txt and sbom.cdx.json name ${parties.length} packages`);
}

function row(artefact: string, zip: string, bundle: string): string {
  return `${artefact.padEnd(28)}${zip.padStart(16)}${bundle.padStart(16)}`;
}

function bytes(count: number): string {
  return `${count.toLocaleString('en')} bytes`;
}

try {
  await packageAndShow();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
