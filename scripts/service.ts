// What serverless.mjs of a project hands to the framework: Earmark's serverless.yml, with the project's parameters.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { didYouMean } from '../lib/yaml/suggest.ts';

const OURS = resolve(import.meta.dirname, '..');
/** Where Earmark is in a project. */
export const PLACE = 'vendor/earmark';

/** The parameters of a project: `default` for every stage, and a stage's own by its name. */
type Parameters = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

interface Service {
  readonly params: Parameters & { readonly default: Readonly<Record<string, unknown>> };
  readonly plugins: readonly string[];
}

/** The framework's own reader: it knows `!Ref` and the like. */
const readConfiguration: (path: string) => Promise<unknown> = createRequire(import.meta.url)(
  'serverless/lib/configuration/read.js',
);

/**
 * The service of a project that has Earmark in `vendor/earmark`.
 * @param folder the project's, absolute
 * @throws Error with what is wrong in parameters.yml
 */
export async function serviceOf(folder: string): Promise<unknown> {
  const service = (await readConfiguration(join(OURS, 'serverless.yml'))) as Service;
  const params = await parametersIn(join(folder, 'parameters.yml'), service.params.default);
  return {
    ...service,
    plugins: service.plugins.map((path) => path.replace('./', `./${PLACE}/`)),
    params: { ...params, default: { ...service.params.default, ...params.default } },
  };
}

async function parametersIn(
  file: string,
  known: Readonly<Record<string, unknown>>,
): Promise<Parameters> {
  if (!existsSync(file)) return {};
  const { parse } = await import('yaml');
  const written: unknown = parse(readFileSync(file, 'utf8')) ?? {};
  const stages = Object.entries(mapOf(written, 'parameters.yml', 'default: { alarmEmail: … }'));
  return Object.fromEntries(
    stages.map(([stage, values]) => {
      const parameters = mapOf(values ?? {}, `parameters.yml: ${stage}`, 'alarmEmail: …');
      for (const [name, value] of Object.entries(parameters)) check(stage, name, value, known);
      return [stage, parameters];
    }),
  );
}

function mapOf(value: unknown, what: string, example: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new Error(`${what} is no map: write it as in "${example}".`);
}

function check(stage: string, name: string, value: unknown, known: object): void {
  const names = Object.keys(known);
  const what = `parameters.yml: ${stage}.${name}`;
  if (!names.includes(name)) {
    const hint = didYouMean(name, names);
    throw new Error(`${what} is no parameter.${hint && ` ${hint}`} There are ${names.join(', ')}.`);
  }
  if (value === null || typeof value === 'object') {
    throw new Error(`${what} is no single value. Leave it out for the default.`);
  }
}
