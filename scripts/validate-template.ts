import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RegoEngine, TemplateFile } from '@aws/cloudformation-validate';
import { functionNames, RULES } from './build.ts';
import { hasStandingLabels } from './standing.ts';
import { readTemplate, TEMPLATE_FILE, withPackage } from './template.ts';
import { TEMPLATE_CHECKS } from './template-checks.ts';
import { readZip } from './zip.ts';

/** What AWS's own validator finds wrong, one line each: types, properties, references, limits. */
function validatorProblems(path: string): readonly string[] {
  const engine = new RegoEngine();
  try {
    const report = engine.validateStandard(new TemplateFile(path), { severityLevel: 'ERROR' });
    // Anything but OK means that findings may be missing.
    const state = report.status === 'OK' ? [] : [`the validator ended with ${report.status}`];
    const found = report.diagnostics.map(
      ({ ruleId, entity, propertyPath, message }) =>
        `${ruleId} ${entity?.logicalId ?? ''} ${propertyPath ?? ''}: ${message}`,
    );
    return [...state, ...found];
  } finally {
    engine.free();
  }
}

/** A zip must hold its bundle and what it reads beside it, and export `handler` when loaded as Lambda loads it. */
async function artefactProblems(zip: string, name: string): Promise<readonly string[]> {
  const files = readZip(await readFile(zip));
  const content = files.get(name);
  const others = [...files.keys()].filter(
    (file) => file !== name && !/^sources\/[a-z\d-]+\.json$/.test(file),
  );
  if (content === undefined || others.length > 0) {
    return [`it holds ${[...files.keys()].join(', ') || 'nothing'}, not ${name} with its sources`];
  }
  const folder = await mkdtemp(join(tmpdir(), 'earmark-artefact-'));
  try {
    await writeFile(join(folder, name), content);
    const bundle: unknown = createRequire(import.meta.url)(join(folder, name));
    const { handler } = bundle as { handler?: unknown };
    return typeof handler === 'function' ? [] : [`${name} exports no function "handler"`];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function show(title: string, problems: readonly string[]): boolean {
  console.log(`${problems.length === 0 ? 'ok    ' : 'FAILED'} ${title}`);
  for (const problem of problems) console.log(`         ${problem}`);
  return problems.length === 0;
}

/** Packages, and holds the template and the artefacts against every check. @returns all kept? */
async function validate(): Promise<boolean> {
  return await withPackage(async (folder) => {
    const template = await readTemplate(folder);
    const results = [
      show('AWS validator: no error', validatorProblems(join(folder, TEMPLATE_FILE))),
      ...TEMPLATE_CHECKS.map((check) => show(check.title, check.problems(template))),
    ];
    for (const name of functionNames(hasStandingLabels(RULES))) {
      const problems = await artefactProblems(join(folder, `${name}.zip`), `${name}.js`);
      results.push(show(`${name}.zip holds one bundle that exports handler`, problems));
    }
    return results.every(Boolean);
  });
}

try {
  if (!(await validate())) process.exitCode = 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
