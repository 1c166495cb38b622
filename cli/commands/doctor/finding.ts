import { adviceOn, errorText } from '../../kit/failure.ts';

/** `pass`: well. `warn`: works, and somebody should know. `fail`: does not work. */
export type Status = 'pass' | 'warn' | 'fail';

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

export interface RunOptions {
  /** Gives the signal at which a check is given up. */
  readonly deadline: () => AbortSignal;
  readonly onDone?: (done: number) => void;
}

/** Runs all checks at once. One that hangs holds up no other, and its line says that it did. */
export async function runChecks(
  checks: readonly HealthCheck[],
  { deadline, onDone = () => {} }: RunOptions,
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
