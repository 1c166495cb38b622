import { resolve } from 'node:path';
import type { RulesConfig } from '../../../lib/rules/config.ts';
import { table } from '../../../terminal/table.ts';
import { type CommandContext, endWith } from '../../kit/command.ts';
import { readRules } from '../../kit/current-rules.ts';
import { EXIT, wrongUsage } from '../../kit/failure.ts';
import { readText } from '../../kit/files.ts';
import { sourceFrom } from '../../kit/sources.ts';
import { paint, type Terminal, writeJson } from '../../kit/terminal.ts';
import { many } from '../../kit/words.ts';
import { brokenJson } from './broken-json.ts';
import { deliveryOf, type PayloadOptions, PayloadProblem, UnknownSender } from './payload.ts';
import { type PayloadFile, readPayloadFiles } from './payload-files.ts';
import { afterDelivery, type Person, STRANGER } from './person.ts';
import { renderTried, renderUnmapped } from './render.ts';
import { renderTest } from './render-test.ts';
import { runTests } from './run-tests.ts';
import { loadTests } from './test-file.ts';
import { compileTrial, isBad, type Trial, type Tried, tryPayload } from './try.ts';

export interface TestOptions {
  readonly rules: string;
  readonly source?: string;
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
  if (options.source !== undefined) sourceFrom(options.source);
  const whatToDo = 'Name the rules with --rules, or run this in the folder of the project.';
  const { config } = await readRules(options.rules, context.folder, whatToDo);
  const { document, lines, isFine } =
    names.length === 0
      ? await testFile(config, options, context)
      : await testPayloads(config, names, options, context);
  if (options.json) writeJson(context.terminal, document);
  else context.terminal.out.write(`${lines.join('\n')}\n`);
  if (!isFine) endWith(EXIT.found);
}

async function testFile(
  config: RulesConfig,
  { rules }: TestOptions,
  { folder, terminal, now }: CommandContext,
) {
  const file = rules.replace(/(?:\.ya?ml)?$/, '.test.yml');
  const written = await readText(
    file,
    folder,
    'Write one (docs/commands.md, "rules test"), or name a payload: ./earmark rules test order.json --source shopify',
  );
  const tests = await runTests(config, loadTests(written, file), resolve(folder, file), now());
  const failed = tests.filter(({ passed }) => !passed).length;
  const lines = [
    ...tests.flatMap((result) => renderTest(terminal, file, result)),
    `${many(tests.length, 'test')}, ${failed === 0 ? 'all passed' : `${failed} failed`}`,
  ];
  const document = { file, passed: tests.length - failed, failed, tests };
  return { document, lines, isFine: failed === 0 };
}

async function testPayloads(
  config: RulesConfig,
  names: readonly string[],
  { source, topic, header: headers }: TestOptions,
  { folder, terminal, now }: CommandContext,
) {
  const trial = compileTrial(config);
  const read = await readPayloadFiles(names, folder, terminal.signal);
  const files = read.map((file) => tryFile(trial, file, { source, topic, headers, now: now() }));
  const rules = config.rules.map(({ name }) => name);
  const coverage = coverageOf(rules, files);
  const [first, ...more] = files;
  const lines =
    first && more.length === 0
      ? [
          ...first.notes.map((note) => paint(terminal, 'dim', `(${note})`)),
          ...renderTried(terminal, first.tried, first.person),
        ]
      : renderCoverage(terminal, coverage, files.length);
  const document = { payloads: files.map(asJson), coverage };
  return { document, lines, isFine: !files.some(({ tried }) => isBad(tried)) };
}

/** One of the payloads: what became of it, or why it could not be tried. */
interface TriedFile {
  readonly file: string;
  readonly tried: Tried;
  readonly notes: readonly string[];
  /** Somebody without a history, after it; absent where there are no standing labels. */
  readonly person?: Person;
}

function tryFile(trial: Trial, payload: PayloadFile, options: PayloadOptions): TriedFile {
  const { name: file, bytes, folders } = payload;
  try {
    const delivery = deliveryOf(bytes, folders, options);
    const tried = withPlace(tryPayload(trial, delivery), delivery.delivery.body);
    const person = trial.standing && afterDelivery(STRANGER, trial.standing, tried, options.now);
    return { file, tried, notes: delivery.notes, ...(person && { person }) };
  } catch (error) {
    if (!(error instanceof PayloadProblem)) throw error;
    if (error instanceof UnknownSender) throw wrongUsage(`${file}: ${error.message}`);
    return { file, tried: { kind: 'unreadable', reason: error.message }, notes: [] };
  }
}

/** Who tries a file wants to know where it breaks off; the receiver does not look, and its reasons quote nothing. */
function withPlace(tried: Tried, body: Buffer): Tried {
  const reason = tried.kind === 'unreadable' ? brokenJson(body.toString()) : undefined;
  return reason === undefined ? tried : { kind: 'unreadable', reason };
}

function asJson({ file, notes, tried, person }: TriedFile): object {
  if (tried.kind !== 'events') return { file, notes, ...tried };
  const { kind, events, verdicts, add, remove, namesNobody } = tried;
  const [{ data: _data, type: _type, ...event }] = events;
  const types = events.map(({ type }) => type);
  return {
    file,
    notes,
    kind,
    types,
    event,
    rules: verdicts,
    add,
    remove,
    namesNobody,
    ...(person && keptAsJson(tried, person)),
  };
}

const keptAsJson = (
  { facts }: Pick<Extract<Tried, { kind: 'events' }>, 'facts'>,
  person: Person,
) => ({
  facts,
  /** What comes of it on somebody without a history. */
  standing: { labels: [...person.held.keys()].sort(), undecided: person.undecided },
});

/** How far several payloads cover the rules. */
function coverageOf(rules: readonly string[], files: readonly TriedFile[]) {
  const matches = ({ tried }: TriedFile): readonly string[] =>
    tried.kind !== 'events'
      ? []
      : tried.verdicts.filter(({ matched }) => matched).map(({ rule }) => rule);
  const hits = files.flatMap(matches);
  const isIdle = (file: TriedFile) => !isBad(file.tried) && matches(file).length === 0;
  const withWhat = ({ file, tried }: TriedFile) => ({ file, what: renderOutcome(tried) });
  return {
    /** How many payloads each rule matched, in file order. */
    rules: rules.map((rule) => ({ rule, payloads: hits.filter((hit) => hit === rule).length })),
    matchedNothing: files.filter(isIdle).map(withWhat),
    /** Unreadable, of nobody, or with a rule that failed. */
    bad: files.filter(({ tried }) => isBad(tried)).map(withWhat),
  };
}

function renderOutcome(tried: Tried): string {
  if (tried.kind !== 'events') return renderUnmapped(tried);
  const failed = tried.verdicts.flatMap(({ rule, failure }) =>
    failure ? [`"${rule}" fails: ${failure}`] : [],
  );
  const bad = [...failed, ...(tried.namesNobody ? ['names nobody'] : [])].join('; ');
  return bad || tried.events.map(({ type }) => type).join(' and ');
}

function renderCoverage(
  terminal: Terminal,
  { rules, matchedNothing, bad }: ReturnType<typeof coverageOf>,
  count: number,
): readonly string[] {
  const rows = rules.map(({ rule, payloads }) => [rule, payloads ? String(payloads) : 'never']);
  const list = (title: string, files: typeof bad) =>
    files.length === 0 ? [] : ['', title, ...files.map(({ file, what }) => `  ${file}: ${what}`)];
  return [
    `${count} payloads`,
    '',
    table([['rule', 'matched'], ...rows], [1]),
    ...list('Matched nothing:', matchedNothing),
    ...list(paint(terminal, 'red', 'Would become dead letters:'), bad),
  ];
}
