import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { PLACE } from './service.ts';

/** A rule of this project about the template. `problems` is empty where it is kept. */
export interface TemplateCheck {
  readonly title: string;
  problems(template: CloudFormationTemplate): readonly string[];
}

export const ROOT = resolve(import.meta.dirname, '..');

export interface CloudFormationResource {
  readonly Type: string;
  readonly DependsOn?: string | readonly string[];
  readonly Condition?: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

export interface CloudFormationTemplate {
  readonly Resources: Readonly<Record<string, CloudFormationResource>>;
  readonly Outputs: Readonly<Record<string, { readonly Value: unknown }>>;
}

/**
 * Compiles serverless.yml to the CloudFormation template that a deployment would send. Needs no AWS
 * account and no network, and leaves the project's own `.serverless` alone. Takes about 2 s.
 *
 * @throws an Error with what `serverless package` printed
 */
export function compileTemplate(options: PackageOptions = {}): Promise<CloudFormationTemplate> {
  return withPackage(readTemplate, options);
}

export interface PackageOptions {
  /** The rules file, absolute: the project's, when left out. */
  readonly rules?: string;
  /** The parameters.yml of a project, absolute: Earmark's own parameters, where there is none. */
  readonly parameters?: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Packages the service in a folder of its own, hands the folder that then holds the template and the
 * zips to `use`, and removes it. `serverless package` begins by emptying `.serverless`, so callers
 * that run at the same time must not share one.
 */
export async function withPackage<T>(
  use: (folder: string) => Promise<T>,
  { rules = join(ROOT, 'rules.yml'), parameters, signal }: PackageOptions = {},
): Promise<T> {
  const service = await mkdtemp(join(tmpdir(), 'earmark-package-'));
  try {
    await mkdir(join(service, dirname(PLACE)));
    await symlink(ROOT, join(service, PLACE), 'junction');
    await writeFile(join(service, 'serverless.mjs'), SERVICE);
    if (parameters && existsSync(parameters)) {
      await symlink(parameters, join(service, 'parameters.yml'));
    }
    return await use(await packageService(service, ['--param', `rules=${rules}`], signal));
  } finally {
    await rm(service, { recursive: true, force: true });
  }
}

const SERVICE = `import { serviceOf } from './${PLACE}/scripts/service.ts';

export default await serviceOf(import.meta.dirname);
`;

/**
 * Runs `serverless package` in the folder of a service.
 * @param args further ones
 * @returns its `.serverless` folder
 */
export async function packageService(
  service: string,
  args: readonly string[] = [],
  signal?: AbortSignal,
): Promise<string> {
  const cli = join(ROOT, 'node_modules/serverless/bin/serverless.js');
  try {
    const options = { cwd: service, signal };
    await promisify(execFile)(process.execPath, [cli, 'package', ...args], options);
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`serverless package failed.\n${`${stdout}${stderr}`.trim()}`);
  }
  return join(service, '.serverless');
}

/** Reads the template out of a `.serverless` folder. */
export async function readTemplate(folder: string): Promise<CloudFormationTemplate> {
  const text = await readFile(join(folder, TEMPLATE_FILE), 'utf8');
  return JSON.parse(text) as CloudFormationTemplate;
}

export const TEMPLATE_FILE = 'cloudformation-template-update-stack.json';
