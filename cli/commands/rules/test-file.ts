import * as z from 'zod';
import { sourceName } from '../../../lib/rules/authoring/schema.ts';
import type { LabelChanges } from '../../../lib/rules/changes.ts';
import { labelName } from '../../../lib/rules/label-name.ts';
import { inWords } from '../../../lib/sources/in-words.ts';
import { sourceNames } from '../../../lib/sources/index.ts';
import { checkSchema } from '../../../lib/yaml/explain-schema.ts';
import { byPlace, FileError } from '../../../lib/yaml/problem.ts';
import { readYamlFile } from '../../../lib/yaml/yaml-file.ts';

const text = z.string().refine((written) => written.trim() !== '', 'the text is empty');
const labels = z.array(text.transform(labelName)).default([]);

const Expected = z
  .strictObject({ add: labels, remove: labels })
  .refine(({ add, remove }) => add.length + remove.length > 0, {
    error: 'name labels to `add` or to `remove`, or write `expect: nothing`',
  });

const Nothing = z
  .string()
  .refine((word) => word === 'nothing', 'write `expect: nothing`, or labels to `add` and `remove`');

const Test = z
  .strictObject({
    name: text,
    source: sourceName.optional(),
    topic: text.optional(),
    headers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
    body: z.union([z.record(z.string(), z.unknown()), text]).optional(),
    file: text.optional(),
    expect: z.union([Nothing, Expected]),
  })
  .refine(({ body, file }) => (body === undefined) !== (file === undefined), {
    error: 'give the payload: as `body`, or the path of its `file`, one of the two',
  })
  .refine(({ body, source }) => body === undefined || source !== undefined, {
    error: () => `say the \`source\` of the body: ${inWords(sourceNames())}`,
  });

const TestsFile = z.strictObject({ tests: z.array(Test).min(1, 'there is no test: write one') });

/** A test of the rules: the label changes that a payload must give. */
export interface RulesTest extends Omit<z.output<typeof Test>, 'expect'> {
  /** Where it stands in its file. */
  readonly line: number;
  readonly expect: LabelChanges;
}

/** Reads a file of tests; `file` is its name in messages. @throws FileError with all problems and their places */
export function loadTests(written: string, file: string): readonly RulesTest[] {
  const yaml = readYamlFile(written, file, 'a list `tests`');
  const { data, wrong } = checkSchema(TestsFile, yaml.input, knownKeys);
  if (data === undefined) {
    throw new FileError(wrong.map((one) => yaml.problem(one)).sort(byPlace));
  }
  return data.tests.map((test, i) => ({
    ...test,
    line: yaml.problem({ path: ['tests', i], message: '' }).line,
    expect: typeof test.expect === 'string' ? { add: [], remove: [] } : test.expect,
  }));
}

function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  if (path.length === 0) return Object.keys(TestsFile.shape);
  return Object.keys(path.includes('expect') ? Expected.shape : Test.shape);
}
