import { labelJobs } from '../../lib/labelling/label-jobs.ts';
import { createSiteMemories } from '../../lib/labelling/site-memory.ts';
import type { LabelJob } from '../../lib/queue/job.ts';
import { createFakeWix } from './fake-wix.ts';
import { aJob, START } from './jobs.ts';

export const ADA = '00000000-0000-4000-8000-0000000000aa';
export const BOB = '00000000-0000-4000-8000-0000000000bb';
export const NOBODY = '00000000-0000-4000-8000-00000000dead';

/** A job for Ada by her id, that wants nothing yet. `at`: milliseconds after the start. */
export function jobOf(over: Partial<LabelJob> = {}, at = 0): LabelJob {
  const nothing = { contact: { contactId: ADA }, add: [], remove: [], reversible: [] };
  return aJob({ ...nothing, ...over, at: START + at });
}

/** Jobs of one contact before a fake Wix that knows Ada and Bob. */
export function openJobs() {
  let time = START;
  const wix = createFakeWix();
  wix.addContact(ADA, { emails: ['ada@e.com'], phones: ['1'] });
  wix.addContact(BOB, { emails: ['bob@e.com'] });
  const memory = createSiteMemories(() => time)('a-site');
  return {
    wix,
    memory,
    pass(ms: number): void {
      time += ms;
    },
    label: (first: LabelJob, ...others: readonly LabelJob[]) =>
      labelJobs([first, ...others], { wix: wix.site, memory }),
    /** The calls since it was asked last; not those for label keys. */
    asked: (): string[] =>
      wix.calls.splice(0).filter((call) => !/^(findOrCreate|query)Label/.test(call)),
  };
}

/** A job that is done, with what of it is not nothing. */
export const done = (over: object = {}) => ({
  kind: 'done',
  added: [],
  removed: [],
  inPlace: [],
  superseded: [],
  rest: undefined,
  ...over,
});
