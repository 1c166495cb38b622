import { readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { remarksOn } from '../../cli/commands/rules/lint.ts';
import { compileTrial, type Trial, type Tried, tryPayload } from '../../cli/commands/rules/try.ts';
import { readBesideIn } from '../../lib/rules/authoring/beside.ts';
import { rulesHash } from '../../lib/rules/authoring/decisive.ts';
import { FileError, type LoadedRules, loadRulesFile } from '../../lib/rules/authoring/load.ts';
import type { RulesConfig } from '../../lib/rules/config.ts';
import { digest } from '../../lib/runtime/digest.ts';
import { parseJson } from '../../lib/runtime/json.ts';
import { sourceNamed } from '../../lib/sources/index.ts';
import { namesOf } from '../../lib/standing/definition-id.ts';
import type { FileProblem } from '../../lib/yaml/problem.ts';
import type {
  Problem,
  RulesInfo,
  RulesText,
  RuleVerdict,
  Tried as TriedFlow,
} from '../../page/api.ts';
import type { InForce, RunningRules } from '../take-over.ts';
import type { Request } from './memory.ts';
import { Refusal } from './refusal.ts';

const hashOf = (text: string): string => digest(text).slice(0, 12);

/** Where a file and what runs differ, and why the file does not run. */
export function infoOf(path: string, inForce: Readonly<InForce>): RulesInfo {
  const { rules, hash, since } = inForce.rules;
  const { config } = rules;
  const file = load(path, readRules(path));
  return {
    hash,
    since: Date.parse(since),
    rules: config.rules.map(({ name }) => name),
    standing: config.labels?.flatMap(namesOf) ?? [],
    problems: file.problems.filter(({ level }) => level === 'error'),
    refusal: inForce.refusal,
    isInForce: file.config !== undefined && rulesHash({ ...rules, config: file.config }) === hash,
  };
}

function readRules(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** The file as an editor has it, its lines ended by \n alone. */
export function readRulesText(path: string): RulesText {
  const text = readRules(path);
  return { text: text.replaceAll('\r\n', '\n'), before: hashOf(text) };
}

/** Writes the file as it was asked for. @throws Refusal where somebody else wrote it meanwhile */
export function saveRules(path: string, { text, before }: RulesText): void {
  const held = readRules(path);
  if (hashOf(held) !== before) {
    throw new Refusal(
      409,
      `${basename(path)} was changed on the disk since it was read. Read it again.`,
    );
  }
  writeFileSync(path, held.includes('\r\n') ? text.replaceAll('\n', '\r\n') : text);
}

interface Loaded {
  readonly config?: RulesConfig;
  readonly problems: readonly Problem[];
}

/** A text as rules beside those of the path: what it says, and each problem and remark at its place. */
function load(path: string, text: string): Loaded {
  try {
    const loaded: LoadedRules = loadRulesFile(text, 'rules.yml', readBesideIn(dirname(path)));
    return {
      config: loaded.config,
      problems: remarksOn(loaded).map((one) => toProblem(one, 'note')),
    };
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return { problems: error.problems.map((one) => toProblem(one, 'error')) };
  }
}

const toProblem = (
  { line, column, message, rule }: FileProblem,
  level: Problem['level'],
): Problem => ({
  line,
  column,
  message: rule === undefined ? message : `rule "${rule}": ${message}`,
  level,
});

/** A kept request of a source, as far as the rules' own trial takes it; undefined for a source that there is not. */
function tryRequest(trial: Trial, source: string, request: Request, at: number): Tried | undefined {
  if (sourceNamed(source) === undefined) return undefined;
  const delivery = {
    headers: request.headers,
    body: Buffer.from(request.body),
    receivedAt: at,
  };
  return tryPayload(trial, { source, delivery, notes: [] });
}

export interface KeptFlow {
  readonly flowId: string;
  readonly source: string;
  readonly at: number;
  readonly request: Request;
}

/** What rules make of kept deliveries. */
export function tryRules(
  path: string,
  text: string,
  flows: readonly KeptFlow[],
  { rules }: RunningRules,
): TriedFlow {
  const { config, problems } = load(path, text);
  if (!config) return { problems, results: [] };
  const [trial, inForce] = [compileTrial(config), compileTrial(rules.config)];
  const results = flows.map(({ flowId, source, at, request }) => {
    const tried = tryRequest(trial, source, request, at);
    const labels = labelsOf(tried);
    const isOther = !isDeepStrictEqual(labels, labelsOf(tryRequest(inForce, source, request, at)));
    return { flowId, rules: verdictsOf(tried), ...labels, isOther };
  });
  return { problems, results };
}

const labelsOf = (tried: Tried | undefined) =>
  tried?.kind === 'events'
    ? { add: tried.add.toSorted(), remove: tried.remove.toSorted() }
    : { add: [], remove: [] };

/** The events of a kept request, and each rule's verdict. */
export function judgeRequest({ rules }: RunningRules, { source, at, request }: KeptFlow) {
  const tried = tryRequest(compileTrial(rules.config), source, request, at);
  const events = tried?.kind === 'events' ? tried.events : [];
  return { events: parseJson(JSON.stringify(events)) as unknown[], rules: verdictsOf(tried) };
}

const verdictsOf = (tried: Tried | undefined): readonly RuleVerdict[] =>
  tried?.kind !== 'events'
    ? []
    : tried.verdicts.map(({ rule, matched, add, remove, why, failure }) => ({
        rule,
        matched,
        add,
        remove,
        why: why ?? failure,
      }));
