import { readdir, readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';

interface Packager {
  zipFiles(files: readonly string[], zipName: string, prefix: string): Promise<string>;
}

interface Serverless {
  readonly serviceDir: string;
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

async function perSource({ serviceDir, address }: Variable) {
  const { parse } = await import('yaml');
  const { forEachSource } = await import('./per-source.ts');
  return { value: forEachSource(parse(await readFile(join(serviceDir, address), 'utf8'))) };
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
  const { address, resolveVariable } = variable;
  const isOn = await isStanding(variable);
  return { value: isOn ? await resolveVariable(`file(${address})`) : null };
}

async function hashOfRules({ serviceDir }: Variable) {
  return { value: (await rulesIn(serviceDir)).hash };
}

const isStanding = async ({ serviceDir }: Variable): Promise<boolean> =>
  (await rulesIn(serviceDir)).isStanding;

interface Rules {
  readonly isStanding: boolean;
  readonly hash: string;
}

let rules: Promise<Rules> | undefined;

/** Read once: the framework asks for each variable by itself. What is wrong with rules, the build says. */
function rulesIn(serviceDir: string): Promise<Rules> {
  const read = async (): Promise<Rules> => {
    const { readProjectRules } = await import('../lib/rules/authoring/beside.ts');
    const { rulesHash } = await import('../lib/rules/authoring/decisive.ts');
    const project = readProjectRules(await rulesOf(serviceDir));
    return { isStanding: project.config.labels !== undefined, hash: rulesHash(project) };
  };
  rules ??= read().catch(() => ({ isStanding: false, hash: 'none' }));
  return rules;
}

/** Beside the file itself, not beside a link to it, are the tables that it names. */
const rulesOf = (serviceDir: string): Promise<string> =>
  realpath(`${serviceDir}/rules.yml`).catch(() => `${serviceDir}/rules.yml`);

async function buildAndZip({ serviceDir, pluginManager, classes }: Serverless): Promise<void> {
  const { buildFunctions, FOLDERS_BESIDE, STANDING_FUNCTION_NAMES } = await import('./build.ts');
  const packager = pluginManager.plugins.find(canZip);
  if (packager === undefined) {
    throw new Error(
      'This version of osls has no plugin with zipFiles(). Install the one in package.json.',
    );
  }
  const outDir = `${serviceDir}/.serverless/build`;
  const rules = await rulesOf(serviceDir);
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
