import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { stop as stopEsbuild } from 'esbuild';
import { type Bundles, buildFunctions } from '../scripts/build.ts';
import { type CloudFormationTemplate, compileTemplate } from '../scripts/template.ts';

export interface Build {
  readonly bundles: Bundles;
  readonly template: CloudFormationTemplate;
}

/** What still ends its work in a former build is younger. */
const KEPT_BUILDS = 8;

/**
 * Builds functions and template, each time in a folder of its own: processes are started from the build before until
 * the next is in force. The template hangs on the rules in one way, whether they have standing labels.
 * @param rules the rules file, absolute
 * @param parameters the parameters.yml of a project, absolute; it need not be there
 * @returns a function that throws an Error with every problem of the rules
 */
export function openBuilds(
  outDir: string,
  { rules, parameters }: { readonly rules: string; readonly parameters: string },
  signal: AbortSignal,
): () => Promise<Build> {
  rmSync(outDir, { recursive: true, force: true });
  const folderOf = (build: number): string => join(outDir, String(build));
  let count = 0;
  let compiled: { isStanding: boolean; template: CloudFormationTemplate } | undefined;
  return async () => {
    count += 1;
    rmSync(folderOf(count - KEPT_BUILDS), { recursive: true, force: true });
    // esbuild keeps a process for the next build, which may never come.
    const bundles = await buildFunctions({ outDir: folderOf(count), rules }).finally(stopEsbuild);
    const isStanding = bundles.wake !== undefined;
    if (compiled?.isStanding !== isStanding) {
      compiled = { isStanding, template: await compileTemplate({ rules, parameters, signal }) };
    }
    return { bundles, template: compiled.template };
  };
}
