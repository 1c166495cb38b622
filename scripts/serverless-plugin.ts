import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/** Earmark's folder. That of the service is another where a project has its own (scripts/service.ts). */
const OURS = resolve(import.meta.dirname, '..');

interface Packager {
  zipFiles(files: readonly string[], zipName: string, prefix: string): Promise<string>;
}

interface Serverless {
  readonly serviceDir: string;
  readonly service: { readonly custom: { readonly rules: string } };
  readonly pluginManager: { readonly plugins: readonly object[] };
  readonly classes: { readonly Error: new (message: string) => Error };
}

/**
 * Builds and zips the functions whenever `serverless` packages or deploys, so that no stale bundle
 * can ship. Each zip holds its bundle, and what the bundle reads beside it; serverless.yml names it as the function's
 * artifact. The zipping is the framework's own (sorted, dated 1970: equal sources, equal bytes), but
 * its patterns are not used: they would walk all of node_modules to pick one file.
 */
export default class BuildPlugin {
  readonly configurationVariablesSources = {
    /** `${sources:routes}`: a value made from the table of sources (scripts/per-source.ts). */
    sources: { resolve: fromSources },
    /** `${ours:some/file.yml}`: what a file of Earmark's folder holds. */
    ours: { resolve: ours },
    /** `${perSource:some/file.yml}`: what the YAML file holds, its `<source>` parts once for each source. */
    perSource: { resolve: perSource },
    /** `${dashboard:some/file.yml}`: the same, as the JSON text that AWS wants there. */
    dashboard: { resolve: dashboard },
    /** `${standing:some/file.yml, null}`: what the file holds where rules.yml has `labels:`, else nothing. */
    standing: { resolve: standing },
    /** `${rules:hash}`: by it the command line knows whether a stack runs the rules of a folder. */
    rules: { resolve: hashOfRules },
  };
  readonly hooks: Readonly<Record<string, () => Promise<void>>>;

  constructor(serverless: Serverless) {
    const build = () => buildAndZip(serverless);
    this.hooks = {
      'before:package:createDeploymentArtifacts': build,
      'before:package:function:package': build,
    };
  }
}

interface Variable {
  readonly serviceDir: string;
  /** What stands behind the colon. */
  readonly address: string;
  resolveVariable(text: string): Promise<unknown>;
}

// Loaded where they are needed, as the framework loads its plugins for every command and by require().
async function fromSources({ address, resolveVariable }: Variable) {
  const { valueOfSources } = await import('./per-source.ts');
  return { value: await valueOfSources(address, (name) => resolveVariable(`param:${name}`)) };
}

async function ours({ address, resolveVariable }: Variable) {
  return { value: await resolveVariable(`file(${join(OURS, address)})`) };
}

async function perSource({ address }: Pick<Variable, 'address'>) {
  const { parse } = await import('yaml');
  const { forEachSource } = await import('./per-source.ts');
  return { value: forEachSource(parse(await readFile(join(OURS, address), 'utf8'))) };
}

interface Dashboard {
  readonly widgets: readonly unknown[];
  /** Further ones, where rules.yml has `labels:`. */
  readonly standingWidgets: readonly unknown[];
}

async function dashboard(variable: Variable) {
  const { value } = await perSource(variable);
  const { standingWidgets, ...body } = value as Dashboard;
  const more = (await isStanding(variable)) ? standingWidgets : [];
  return { value: JSON.stringify({ ...body, widgets: [...body.widgets, ...more] }) };
}

async function standing(variable: Variable) {
  return (await isStanding(variable)) ? ours(variable) : { value: null };
}

async function hashOfRules(variable: Variable) {
  return { value: (await rulesOf(variable)).hash };
}

const isStanding = async (variable: Variable): Promise<boolean> =>
  (await rulesOf(variable)).isStanding;

interface Rules {
  readonly isStanding: boolean;
  readonly hash: string;
}

let rules: Promise<Rules> | undefined;

/** Read once: the framework asks for each variable by itself. What is wrong with rules, the build says. */
function rulesOf({ serviceDir, resolveVariable }: Variable): Promise<Rules> {
  const read = async (): Promise<Rules> => {
    const file = resolve(serviceDir, String(await resolveVariable('param:rules')));
    const { takeSourcesBeside } = await import('../lib/sources/authoring/own-folder.ts');
    takeSourcesBeside(file);
    const { readProjectRules } = await import('../lib/rules/authoring/beside.ts');
    const { rulesHash } = await import('../lib/rules/authoring/decisive.ts');
    const project = readProjectRules(file);
    return { isStanding: project.config.labels !== undefined, hash: rulesHash(project) };
  };
  rules ??= read().catch(() => ({ isStanding: false, hash: 'none' }));
  return rules;
}

async function buildAndZip(serverless: Serverless): Promise<void> {
  const { serviceDir, service, pluginManager, classes } = serverless;
  const { buildFunctions, FOLDERS_BESIDE, STANDING_FUNCTION_NAMES } = await import('./build.ts');
  const packager = pluginManager.plugins.find(canZip);
  if (packager === undefined) {
    throw new Error(
      'This version of osls has no plugin with zipFiles(). Install the one in package.json.',
    );
  }
  const outDir = `${serviceDir}/.serverless/build`;
  const rules = resolve(serviceDir, service.custom.rules);
  const bundles = await buildFunctions({ outDir, rules }).catch((error: unknown) => {
    // The framework prints its own error class as one message, and any other as a crash of itself.
    throw new classes.Error(error instanceof Error ? error.message : String(error));
  });
  for (const name of STANDING_FUNCTION_NAMES) {
    const bundle = bundles[name];
    if (bundle === undefined) continue;
    const folder = dirname(bundle);
    const beside = await Promise.all(
      FOLDERS_BESIDE[name].map(async (one) =>
        (await readdir(join(folder, one))).map((file) => join(folder, one, file)),
      ),
    );
    await packager.zipFiles([bundle, ...beside.flat()], `${name}.zip`, folder);
  }
}

function canZip(plugin: object): plugin is Packager {
  return 'zipFiles' in plugin && typeof plugin.zipFiles === 'function';
}
