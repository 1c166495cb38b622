import type { LabelJob } from '../../lib/queue/job.ts';
import { aJob } from './jobs.ts';
import { openLabelStage, type StageOptions } from './label-stage.ts';

// What the tests of the answer table (docs/architecture.md) share: test/labelling/answers has its rows,
// each through the real handler, HTTP and the SQS protocol.

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** The shortest delay, 5 s, times the chance that the stage always draws: 0.75. */
export const FIRST_DELAY = 4;
export const NOBODY = '00000000-0000-4000-8000-00000000dead';
export const ADA = { email: 'ada@example.com', phone: '+15550001', firstName: 'Ada' };

/** A label stage with one contact, and ways to process jobs on it. */
export async function openAnswers(options: StageOptions = {}) {
  const stage = await openLabelStage(options);

  /** Sends a job and has it processed once. True: SQS keeps the message. */
  async function processJob(job: LabelJob): Promise<boolean> {
    await stage.send(job);
    const [kept = false] = await stage.work(await stage.take());
    return kept;
  }

  /** Lets `ms` pass and processes what is visible then. */
  async function again(ms: number): Promise<readonly boolean[]> {
    stage.pass(ms);
    return stage.work(await stage.take());
  }

  /** Processes what is in the queue, each try when it is due, until nothing is kept. @returns the tries */
  async function toTheEnd(most = 100): Promise<number> {
    for (let tries = 1; tries <= most; tries += 1) {
      const kept = await again((stage.delays.at(-1) ?? 0) * 1000);
      if (!kept.includes(true)) return tries;
    }
    throw new Error(`Not over after ${most} tries.`);
  }

  /** `ada`: the id of the one contact there is. */
  return { ...stage, ada: stage.wix.addContact(ADA), processJob, again, toTheEnd };
}
export type AnswerStage = Awaited<ReturnType<typeof openAnswers>>;

export const byId = (contactId: string, over: Partial<LabelJob> = {}): LabelJob =>
  aJob({ contact: { contactId }, ...over });

/** The envelope without a code or a field. */
export const BARE_ENVELOPE = { message: '', details: { applicationError: {} } };

/** Wix's error envelope. */
export const envelope = (code: string, data?: object): object => ({
  message: 'refused',
  details: { applicationError: { code, description: 'refused', ...(data && { data }) } },
});
