import { adviceOn, errorText } from '../../kit/failure.ts';
import { paint, type Terminal } from '../../kit/terminal.ts';
import { many } from '../../kit/words.ts';

/** `pass`: well. `warn`: works, and somebody should know. `fail`: does not work. */
type Status = 'pass' | 'warn' | 'fail';

/** One line of the doctor's. */
export interface Diagnosis {
  readonly status: Status;
  /** What was found, of which thing. */
  readonly what: string;
  /** What to do about it. */
  readonly advice?: string;
}

export const pass = (what: string): Diagnosis => ({ status: 'pass', what });
export const warn = (what: string, advice: string): Diagnosis => ({ status: 'warn', what, advice });
export const fail = (what: string, advice: string): Diagnosis => ({ status: 'fail', what, advice });

/** What to do about a part of the stack that is not as it should be. */
export const DEPLOY_AGAIN = 'Deploy again: serverless.yml has it right.';

/** Something to look at. `run` may throw: that is a failure with the error's words. */
export interface HealthCheck {
  /** The heading that its findings stand under. */
  readonly about: string;
  /** For a check that gives no answer: what it looked at. */
  readonly name: string;
  /** @param signal aborts when nobody waits any longer */
  run(signal: AbortSignal): Promise<readonly Diagnosis[]>;
}

export interface Checked {
  readonly about: string;
  readonly findings: readonly Diagnosis[];
}

/**
 * Runs all checks at once. One that hangs holds up no other, and its line says that it did.
 * @param deadline gives the signal at which a check is given up
 */
export async function runChecks(
  checks: readonly HealthCheck[],
  deadline: () => AbortSignal,
  onDone: (done: number) => unknown,
): Promise<readonly Checked[]> {
  let done = 0;
  return Promise.all(
    checks.map(async (check) => {
      const findings = await runOne(check, deadline());
      done += 1;
      onDone(done);
      return { about: check.about, findings };
    }),
  );
}

async function runOne(check: HealthCheck, deadline: AbortSignal): Promise<readonly Diagnosis[]> {
  const late = Promise.withResolvers<readonly Diagnosis[]>();
  const giveUp = () =>
    late.resolve([fail(`${check.name}: no answer in time`, 'Try again; see what holds it up.')]);
  deadline.addEventListener('abort', giveUp, { once: true });
  if (deadline.aborted) giveUp();
  const found = check
    .run(deadline)
    .catch((error: unknown) => [fail(`${check.name}: ${errorText(error)}`, adviceOn(error))]);
  try {
    return await Promise.race([found, late.promise]);
  } finally {
    deadline.removeEventListener('abort', giveUp);
  }
}

const SIGN = { pass: '✓', warn: '!', fail: '✗' } as const satisfies Record<Status, string>;
const COLOUR = { pass: 'green', warn: 'yellow', fail: 'red' } as const;

const count = (checked: readonly Checked[], status: Status): number =>
  checked.flatMap(({ findings }) => findings).filter((each) => each.status === status).length;

export const hasFailed = (checked: readonly Checked[]): boolean => count(checked, 'fail') > 0;

/** For people: the findings under their headings, what to do below what is not well, and a summary. */
export function renderChecked(
  checked: readonly Checked[],
  target: string | undefined,
  terminal: Terminal,
): string {
  const lines: string[] = [];
  let heading = '';
  for (const { about, findings } of checked) {
    if (findings.length === 0) continue;
    if (about !== heading) lines.push(...(heading ? [''] : []), paint(terminal, 'bold', about));
    heading = about;
    for (const { status, what, advice } of findings) {
      lines.push(`  ${paint(terminal, COLOUR[status], SIGN[status])} ${what}`);
      if (advice) lines.push(paint(terminal, 'dim', `      ${advice}`));
    }
  }
  const of = target === undefined ? '' : `${target}: `;
  const warnings = many(count(checked, 'warn'), 'warning');
  const summary = `${of}${count(checked, 'pass')} passed, ${warnings}, ${count(checked, 'fail')} failed.`;
  return `${[...lines, '', summary].join('\n')}\n`;
}

/** For machines. `target` is null where none could be reached. */
export const toJson = (checked: readonly Checked[], target: string | undefined): object => ({
  target: target ?? null,
  passed: !hasFailed(checked),
  checks: checked.flatMap(({ about, findings }) =>
    findings.map((finding) => ({ about, ...finding })),
  ),
});
