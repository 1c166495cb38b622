import { dirname, resolve } from 'node:path';
import type { SourceName } from '../../../lib/events/event.ts';
import { readBesideIn } from '../../../lib/rules/authoring/beside.ts';
import { loadRules } from '../../../lib/rules/authoring/load.ts';
import type { RulesConfig } from '../../../lib/rules/config.ts';
import { table } from '../../../terminal/table.ts';
import { type CommandContext, endWith } from '../../kit/command.ts';
import { EXIT } from '../../kit/failure.ts';
import { readText } from '../../kit/read-text.ts';
import { paint, type Terminal, writeJson } from '../../kit/terminal.ts';
import { many } from '../../kit/words.ts';
import { type Coverage, coverageOf, type TriedFile } from './coverage.ts';
import { readPayloadFiles } from './files.ts';
import { type PayloadOptions, payloadOf } from './payload.ts';
import { PayloadProblem } from './problem.ts';
import { changes, renderTried } from './report.ts';
import { runTests, type TestResult } from './run-tests.ts';
import { loadTests } from './test-file.ts';
import { isBad, type Tried, tryPayload } from './try.ts';
import { openTrial } from './verdict.ts';

export interface TestOptions {
  readonly rules: string;
  readonly source?: SourceName;
  readonly topic?: string;
  readonly header?: Readonly<Record<string, string>>;
  readonly json?: true;
}

/** `earmark rules test`: the payloads named, or the tests beside the rules. */
export async function test(
  names: readonly string[],
  options: TestOptions,
  context: CommandContext,
): Promise<void> {
  const written = await readText(
    options.rules,
    context.folder,
    'Name the rules with --rules, or run this in the folder of the project.',
  );
  const beside = readBesideIn(dirname(resolve(context.folder, options.rules)));
  const config = loadRules(written, options.rules, beside);
  if (names.length === 0) await testFile(config, options, context);
  else await payloads(config, names, options, context);
}

async function testFile(
  config: RulesConfig,
  { rules, json }: TestOptions,
  context: CommandContext,
) {
  const { folder, terminal } = context;
  const file = rules.replace(/(?:\.ya?ml)?$/, '.test.yml');
  const written = await readText(
    file,
    folder,
    'Write one (docs/commands.md, "rules test"), or name a payload: npx earmark rules test order.json --source shopify',
  );
  const tests = loadTests(written, file);
  const results = await runTests(config, tests, resolve(folder, file), context.now());
  const failed = results.filter(({ passed }) => !passed).length;
  const document = { file, passed: results.length - failed, failed, tests: results };
  const lines = [
    ...results.flatMap((result) => renderTest(terminal, file, result)),
    `${many(results.length, 'test')}, ${failed === 0 ? 'all passed' : `${failed} failed`}`,
  ];
  write(terminal, json, document, lines);
  if (failed > 0) endWith(EXIT.found);
}

function renderTest(terminal: Terminal, file: string, result: TestResult): string[] {
  const { name, passed, line, expected, got, problems, note } = result;
  if (passed) return [`${paint(terminal, 'green', 'ok  ')}  ${name}${note ? ` (${note})` : ''}`];
  return [
    `${paint(terminal, 'red', 'FAIL')}  ${name} (${file}:${line})`,
    `      expected  ${changes(expected)}`,
    `      got       ${changes(got)}`,
    ...problems.map((problem) => `      ${problem}`),
  ];
}

interface Outcome extends TriedFile {
  readonly notes: readonly string[];
}

async function payloads(
  config: RulesConfig,
  names: readonly string[],
  { source, topic, header, json }: TestOptions,
  context: CommandContext,
): Promise<void> {
  const trial = openTrial(config);
  const files = await readPayloadFiles(names, context.folder, context.terminal.signal);
  const options: PayloadOptions = { source, topic, headers: header, now: context.now() };
  const outcomes = files.map(({ name, bytes, folders }): Outcome => {
    try {
      const payload = payloadOf(bytes, folders, options);
      return { file: name, tried: tryPayload(trial, payload), notes: payload.notes };
    } catch (error) {
      if (!(error instanceof PayloadProblem)) throw error;
      return { file: name, tried: { kind: 'unreadable', reason: error.message }, notes: [] };
    }
  });
  const coverage = coverageOf(
    config.rules.map(({ name }) => name),
    outcomes,
  );
  const [only] = outcomes;
  const lines =
    outcomes.length === 1 && only
      ? renderOne(context.terminal, only)
      : renderCoverage(context.terminal, coverage, outcomes.length);
  write(context.terminal, json, { payloads: outcomes.map(asJson), coverage }, lines);
  if (outcomes.some(({ tried }) => isBad(tried))) endWith(EXIT.found);
}

function renderOne(terminal: Terminal, { notes, tried }: Outcome): readonly string[] {
  return [
    ...notes.map((note) => paint(terminal, 'dim', `(${note})`)),
    ...renderTried(terminal, tried),
  ];
}

function renderCoverage(
  terminal: Terminal,
  { rules, matchedNothing, bad }: Coverage,
  count: number,
): readonly string[] {
  const rows = rules.map(({ rule, payloads }) => [
    rule,
    payloads === 0 ? 'never' : String(payloads),
  ]);
  const list = (title: string, files: Coverage['bad']) =>
    files.length === 0 ? [] : ['', title, ...files.map(({ file, what }) => `  ${file}: ${what}`)];
  return [
    `${count} payloads`,
    '',
    table([['rule', 'matched'], ...rows], [1]),
    ...list('Matched nothing:', matchedNothing),
    ...list(paint(terminal, 'red', 'Would become dead letters:'), bad),
  ];
}

function asJson({ file, notes, tried }: Outcome): object {
  return { file, notes, ...jsonOf(tried) };
}

function jsonOf(tried: Tried): object {
  if (tried.kind !== 'events') return tried;
  const { kind, events, verdicts, add, remove, namesNobody } = tried;
  const [{ data: _data, type: _type, ...event }] = events;
  const types = events.map(({ type }) => type);
  return { kind, types, event, rules: verdicts, add, remove, namesNobody };
}

function write(
  terminal: Terminal,
  json: true | undefined,
  document: object,
  lines: readonly string[],
): void {
  if (json) writeJson(terminal, document);
  else terminal.out.write(`${lines.join('\n')}\n`);
}
