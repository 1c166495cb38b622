import { setLogSink } from '../../lib/runtime/log.ts';
import { createRandom } from '../../simulators/random.ts';
import { type FuzzRequest, makeRequest } from './requests.ts';
import { type Answer, openStages } from './stage.ts';
import { chance, DOMAIN, pick } from './values.ts';

/** What is wrong with one request, and how to repeat it. */
export interface Finding {
  readonly seed: number;
  readonly rules: string;
  readonly source: string;
  readonly what: string;
}

interface FuzzResult {
  readonly findings: readonly Finding[];
  /** How many answers of each status, and of the signed ones with which outcome. */
  readonly answers: ReadonlyMap<string, number>;
  /** The slowest request, in milliseconds of processor time. */
  readonly slowest: Omit<Finding, 'what'> & { readonly cpuMs: number; readonly bytes: number };
}

/**
 * Sends `runs` requests to the real handler, the first made from `seed`, the next from the seed after it.
 * @param onProgress gets how many are done, after each
 */
export async function fuzz(
  seed: number,
  runs: number,
  onProgress: (done: number, findings: readonly Finding[]) => void = () => {},
): Promise<FuzzResult> {
  const { secrets, stages } = openStages(Date.UTC(2026, 10, 21, 12));
  const lines: string[] = [];
  setLogSink((line) => {
    lines.push(line);
  });
  const findings: Finding[] = [];
  const answers = new Map<string, number>();
  let slowest = { seed, rules: '', source: '', cpuMs: 0, bytes: 0 };
  for (let done = 0; done < runs; done += 1) {
    const random = createRandom(seed + done, 'fuzz');
    const request = makeRequest(random, secrets, Date.UTC(2026, 10, 21, 12));
    const stage = chance(random, 0.5) ? stages[0] : pick(random, stages);
    if (stage === undefined) throw new Error('There are no rules.');
    lines.length = 0;
    const before = process.cpuUsage();
    const answer = await stage.post(request, chance(random, 0.3)).catch((error: unknown) => error);
    const { user, system } = process.cpuUsage(before);
    const about = { seed: seed + done, rules: stage.rules, source: request.source.slice(0, 20) };
    const cpuMs = (user + system) / 1000;
    if (cpuMs > slowest.cpuMs) slowest = { ...about, cpuMs, bytes: request.body.length };
    const wrong = [...wrongAnswer(request, answer), ...wrongLines(lines)];
    findings.push(...wrong.map((what) => ({ ...about, what })));
    const outcome = outcomeOf(answer);
    answers.set(outcome, (answers.get(outcome) ?? 0) + 1);
    onProgress(done + 1, findings);
  }
  return { findings, answers, slowest };
}

const isAnswer = (answer: unknown): answer is Answer =>
  answer instanceof Object && 'statusCode' in answer;

const outcomeOf = (answer: unknown): string =>
  isAnswer(answer) ? `${answer.statusCode} ${JSON.parse(answer.body).status}` : 'thrown';

function wrongAnswer({ isGenuine }: FuzzRequest, answer: unknown): string[] {
  if (!isAnswer(answer)) return [`it threw ${answer}`];
  const { statusCode } = answer;
  if (statusCode >= 500) return [`it was answered ${statusCode}: ${answer.body}`];
  // A body over 1 MiB, or a dead letter that does not fit, is not accepted.
  const allowed = isGenuine ? [200, 413] : [401, 404, 413];
  return allowed.includes(statusCode)
    ? []
    : [`${isGenuine ? 'signed' : 'not signed'}, and answered ${statusCode}: ${answer.body}`];
}

function wrongLines(lines: readonly string[]): string[] {
  return lines.flatMap((line) => [
    ...(line.indexOf('\n') === line.length - 1 && isJson(line) ? [] : [`no JSON: ${shown(line)}`]),
    ...(line.includes(DOMAIN) ? [`an address: ${shown(line)}`] : []),
    ...(line.includes('interpretation-failed') ? [`a fault: ${shown(line)}`] : []),
  ]);
}

const shown = (line: string): string => line.slice(0, 400).trimEnd();

function isJson(text: string): boolean {
  try {
    return JSON.parse(text) instanceof Object;
  } catch {
    return false;
  }
}
