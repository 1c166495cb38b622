import type { TryStep } from '../../cli/commands/explain/steps.ts';
import { reasonInWords } from '../../cli/commands/explain/words.ts';
import { parseJson } from '../../lib/runtime/json.ts';
import type { JsonObject } from '../../lib/sources/payload/access.ts';
import type { Try, WixCall } from '../../page/api.ts';
import type { MadeCall, Run } from './memory.ts';

/** What the calls of a job are found in. */
export interface Worked {
  readonly runs: readonly Run[];
  readonly calls: readonly MadeCall[];
  /** The job, as the queue held it. */
  readonly job: JsonObject | undefined;
}

/** Between what the worker says and what its clock, or ours, says of the same moment. */
const SLACK_MS = 50;

/** The tries at a job, each with its calls to Wix. Pure. */
export function triesOf(
  jobId: string,
  steps: readonly TryStep[],
  { runs, calls, job }: Worked,
): readonly Try[] {
  const own = runs.filter(({ jobIds }) => jobIds.includes(jobId));
  return steps.map((step, index) => {
    const at = Date.parse(step.time);
    const before = Date.parse(steps[index - 1]?.time ?? '');
    const run = own.findLast(({ startedAt }) => startedAt <= at + SLACK_MS);
    const since = Math.max(run?.startedAt ?? at, Number.isNaN(before) ? 0 : before);
    const meanwhile = calls.filter((call) => call.at >= since && call.at <= at + SLACK_MS);
    const others = new Set(
      runs
        .filter(({ startedAt, endedAt }) => startedAt <= at && endedAt >= since)
        .flatMap(({ jobIds }) => jobIds),
    );
    const isAlone = others.size <= 1;
    const texts = textsOf(step, job);
    const made = run ? meanwhile.filter((call) => isAlone || names(call, texts)) : [];
    return {
      at,
      outcome: step.outcome,
      reason: step.outcome === 'done' ? undefined : reasonInWords(step.reason),
      calls: made.map(toCall),
    };
  });
}

/** How a call may name the contact or a label of the job. */
function textsOf(step: TryStep, job: JsonObject | undefined): readonly string[] {
  const contact = Object.values((job?.contact ?? {}) as Record<string, unknown>);
  const labels = [job?.add, job?.remove, step.added, step.removed].flat();
  return [step.contactId, ...contact, ...labels].filter(
    (text): text is string => typeof text === 'string' && text !== '',
  );
}

/**
 * Several jobs are worked on at once, and a call may be for all of them: what counts is whom it names. Credentials are
 * everybody's.
 */
function names({ operation, path, request, answer }: MadeCall, texts: readonly string[]): boolean {
  if (operation === 'createToken') return true;
  const where = [path, request, answer].map((text) => text.toLowerCase());
  return texts.some((text) => where.some((one) => one.includes(text.toLowerCase())));
}

const toCall = ({ at, operation, method, path, request, status, answer }: MadeCall): WixCall => ({
  at,
  operation,
  method,
  path,
  request: withoutToken(operation, parseJson(request) ?? request),
  status,
  answer: withoutToken(operation, parseJson(answer) ?? answer),
});

/** The app's secret is asked with, and a token is answered. */
const withoutToken = (operation: string, said: unknown): unknown =>
  operation === 'createToken' ? '***' : said;
