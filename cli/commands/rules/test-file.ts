import * as z from 'zod';
import { sourceName } from '../../../lib/rules/authoring/schema.ts';
import type { LabelChanges } from '../../../lib/rules/changes.ts';
import { labelName } from '../../../lib/rules/label-name.ts';
import { inWords } from '../../../lib/sources/in-words.ts';
import { sourceNames } from '../../../lib/sources/index.ts';
import { checkSchema, type Explanation } from '../../../lib/yaml/explain-schema.ts';
import { byPlace, FileError } from '../../../lib/yaml/problem.ts';
import { readYamlFile } from '../../../lib/yaml/yaml-file.ts';
import { timesOf } from './test-times.ts';

const text = z.string().refine((written) => written.trim() !== '', 'the text is empty');
const labels = z.array(text.transform(labelName));

const payload = {
  source: sourceName.optional(),
  topic: text.optional(),
  headers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  body: z.union([z.record(z.string(), z.unknown()), text]).optional(),
  file: text.optional(),
};
type Payload = { readonly [K in keyof typeof payload]?: z.output<(typeof payload)[K]> };

const hasOne = ({ body, file }: Payload) => (body === undefined) !== (file === undefined);
const GIVE_ONE = 'give the payload: as `body`, or the path of its `file`, one of the two';
const SAY_THE_SOURCE = () => `say the \`source\` of the body: ${inWords(sourceNames())}`;

const Given = z.strictObject({ at: text, ...payload }).refine(hasOne, { error: GIVE_ONE });

const Moment = z.strictObject({ at: text, labels });

const Expected = z
  .strictObject({ add: labels.optional(), remove: labels.optional(), labels: labels.optional() })
  .refine(
    ({ add = [], remove = [], labels }) => labels !== undefined || add.length + remove.length > 0,
    { error: 'name labels to `add` or to `remove`, or write `expect: nothing`' },
  );

const Nothing = z
  .string()
  .refine((word) => word === 'nothing', 'write `expect: nothing`, or labels to `add` and `remove`');

const Test = z
  .strictObject({
    name: text,
    ...payload,
    given: z.array(Given).min(1, 'there is no event: give one at least').optional(),
    expect: z.union([
      Nothing,
      Expected,
      z.array(Moment).min(1, 'there is no time to look at: name one, { at: +1d, labels: [VIP] }'),
    ]),
  })
  .refine((test) => test.given !== undefined || hasOne(test), { error: GIVE_ONE })
  .refine(
    ({ given, body, source }) => given !== undefined || body === undefined || source !== undefined,
    {
      error: SAY_THE_SOURCE,
    },
  );

const TestsFile = z.strictObject({ tests: z.array(Test).min(1, 'there is no test: write one') });

type Written = z.output<typeof Test>;

/** An event of a test: its payload, and when it arrives (epoch milliseconds; undefined: now). */
export interface GivenEvent extends Payload {
  readonly at?: number;
}

/** The labels that the person must have at a time (epoch milliseconds; undefined: after the one event). */
export interface ExpectedLabels {
  readonly at?: number;
  readonly labels: readonly string[];
}

/** A test of the rules: what events must come to. */
export interface RulesTest {
  readonly name: string;
  /** Where it stands in its file. */
  readonly line: number;
  /** In the order of their arrival. */
  readonly given: readonly [GivenEvent, ...GivenEvent[]];
  /** Whether they have times: a history, and not one payload. */
  readonly isHistory: boolean;
  /** What the rules must make of the one payload. */
  readonly changes?: LabelChanges;
  readonly moments: readonly ExpectedLabels[];
}

/** Reads a file of tests; `file` is its name in messages. @throws FileError with all problems and their places */
export function loadTests(written: string, file: string): readonly RulesTest[] {
  const yaml = readYamlFile(written, file, 'a list `tests`');
  const { data, wrong } = checkSchema(TestsFile, yaml.input, knownKeys);
  const found = data?.tests.map((test, i) => readTest(test, ['tests', i]));
  const problems = [...wrong, ...(found?.flatMap((one) => one.wrong) ?? [])];
  if (found === undefined || problems.length > 0) {
    throw new FileError(problems.map((one) => yaml.problem(one)).sort(byPlace));
  }
  return found.map(({ test }, i) => ({
    ...test,
    line: yaml.problem({ path: ['tests', i], message: '' }).line,
  }));
}

interface ReadTest {
  readonly test: Omit<RulesTest, 'line'>;
  readonly wrong: readonly Explanation[];
}

function readTest(test: Written, path: Explanation['path']): ReadTest {
  return test.given === undefined
    ? readPayloadTest(test, path)
    : readHistory({ ...test, given: test.given }, path);
}

function readPayloadTest(
  { name, expect, given: _, ...payload }: Written,
  path: Explanation['path'],
): ReadTest {
  const test = { name, given: [payload] as const, isHistory: false, moments: [] };
  if (Array.isArray(expect)) {
    const message = 'a list of times needs events with times: put the payload under `given`';
    return { test, wrong: [{ path: [...path, 'expect'], message }] };
  }
  if (typeof expect === 'string') return { test: { ...test, changes: NOTHING }, wrong: [] };
  const { add, remove, labels } = expect;
  const changes =
    add || remove
      ? { changes: { ...NOTHING, ...(add && { add }), ...(remove && { remove }) } }
      : {};
  const moments = labels === undefined ? [] : [{ labels }];
  return { test: { ...test, ...changes, moments }, wrong: [] };
}

const NOTHING: LabelChanges = { add: [], remove: [] };

function readHistory(
  { name, given, expect, ...rest }: Written & { readonly given: readonly z.output<typeof Given>[] },
  path: Explanation['path'],
): ReadTest {
  const arrivals = timesOf(
    given.map(({ at }) => at),
    [...path, 'given'],
  );
  const last = arrivals.times.at(-1);
  const moments = momentsOf(expect, last, [...path, 'expect']);
  const events = given.map(
    (event, i): GivenEvent => ({
      ...(rest.source !== undefined && { source: rest.source }),
      ...event,
      at: arrivals.times[i] ?? Number.NaN,
    }),
  );
  const stray = (['topic', 'headers', 'body', 'file'] as const).filter(
    (key) => rest[key] !== undefined,
  );
  const unnamed = events.flatMap(({ source, body }, i) =>
    source === undefined && body !== undefined
      ? [{ path: [...path, 'given', i], message: SAY_THE_SOURCE() }]
      : [],
  );
  const [first, ...more] = events as [GivenEvent, ...GivenEvent[]];
  return {
    test: { name, given: [first, ...more], isHistory: true, moments: moments.moments },
    wrong: [
      ...arrivals.wrong,
      ...unnamed,
      ...stray.map((key) => ({
        path,
        key,
        message: `each event of \`given\` has its own \`${key}\`: put it there`,
      })),
      ...moments.wrong,
    ],
  };
}

function momentsOf(expect: Written['expect'], last: number | undefined, path: Explanation['path']) {
  if (Array.isArray(expect)) {
    const { times, wrong } = timesOf(
      expect.map(({ at }) => at),
      path,
      last,
    );
    const moments = expect.map(
      ({ labels }, i): ExpectedLabels => ({ labels, at: times[i] ?? Number.NaN }),
    );
    return { moments, wrong };
  }
  const isLabels = typeof expect !== 'string' && expect.labels && !expect.add && !expect.remove;
  if (isLabels && expect.labels && last !== undefined) {
    return { moments: [{ at: last, labels: expect.labels }], wrong: [] };
  }
  const message =
    'after several events write the labels that are there then: { labels: [VIP] }, or a list of times, { at: +30d, labels: [VIP] }';
  return { moments: [], wrong: [{ path, message }] };
}

function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  if (path.length === 0) return Object.keys(TestsFile.shape);
  if (path[2] === 'given') return Object.keys(Given.shape);
  if (path[2] !== 'expect') return Object.keys(Test.shape);
  return Object.keys(path.length > 3 ? Moment.shape : Expected.shape);
}
