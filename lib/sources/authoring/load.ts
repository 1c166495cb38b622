// From the text of a source's file to what the reader needs of it. Build-time only: neither yaml nor zod gets into
// the bundle.
import { CODE_SOURCES, SOURCE_NAME } from '../../events/event.ts';
import { checkSchema, type Explanation } from '../../yaml/explain-schema.ts';
import { byPlace, FileError } from '../../yaml/problem.ts';
import { readYamlFile, type YamlFile } from '../../yaml/yaml-file.ts';
import type { Description } from '../described/description.ts';
import { checkMeaning } from './check-meaning.ts';
import { checkPlaces } from './check-places.ts';
import { checkSamples } from './check-samples.ts';
import { knownKeys } from './known-keys.ts';
import { SourceFile } from './schema.ts';

/** A source's file that passed. */
export interface LoadedSource {
  readonly description: Description;
  /** With what is not for the reader: documentation, steps, samples. */
  readonly file: SourceFile;
  /** Something to say about a place of the file. */
  readonly problem: YamlFile['problem'];
}

/**
 * Reads and checks a source's file.
 * @param name the source's name, which is the file's without `.yml`
 * @param file its name in messages
 * @throws FileError with all problems and their places
 */
export function loadSource(text: string, name: string, file: string): LoadedSource {
  const yaml = readYamlFile(text, file, 'the description of a source', true);
  const { data, wrong } = checkSchema(SourceFile, yaml.input, knownKeys);
  const refuse = (found: readonly Explanation[]): void => {
    const problems = found.map((one) => yaml.problem(one));
    if (problems.length > 0) throw new FileError(problems.sort(byPlace));
  };
  if (data === undefined) throw new FileError(wrong.map((one) => yaml.problem(one)).sort(byPlace));
  refuse([...checkName(name), ...checkPlaces(data), ...checkMeaning(data)]);
  const description = describe(name, data);
  refuse(checkSamples(description, data.samples));
  return { description, file: data, problem: yaml.problem };
}

/** What log and metrics say in place of a source's name. */
const RESERVED = ['unknown', 'described'];

function checkName(name: string): readonly Explanation[] {
  if (name.endsWith('.yaml')) {
    return [{ path: [], message: "the name of a source's file ends in .yml: rename it" }];
  }
  if (!SOURCE_NAME.test(name)) {
    const message = `"${name}" is no name of a source: small letters and digits, with single dashes between, 40 characters at most`;
    return [{ path: [], message }];
  }
  if (RESERVED.includes(name)) {
    const message = `"${name}" has a meaning of its own in the log and the metrics: give the file another name`;
    return [{ path: [], message }];
  }
  return (CODE_SOURCES as readonly string[]).includes(name)
    ? [{ path: [], message: `${name} is a source in code: give the file another name` }]
    : [];
}

/** Without what only people and tests read: it would be weight in the Lambda. */
function describe(name: string, file: SourceFile): Description {
  const { docs, checked, unconfirmed, setup, silent, secret, samples, ...read } = file;
  return { name, ...read };
}
