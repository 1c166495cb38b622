import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createWorker } from '../../lib/labelling/worker.ts';
import type { LabelJob } from '../../lib/queue/job.ts';
import { createQueue } from '../../lib/queue/queue.ts';
import type { CallContext } from '../../lib/wix/calls/budget.ts';
import { WixError } from '../../lib/wix/calls/failure.ts';
import type { WixSite } from '../../lib/wix/site.ts';
import { createSqs } from '../../simulators/sqs/sqs.ts';
import { createFakeWix } from '../support/fake-wix.ts';
import { START } from '../support/jobs.ts';
import { ADA, BOB, jobOf } from '../support/jobs-stage.ts';
import { captureLog } from '../support/log.ts';

const LABELS = ['A', 'B', 'C'];
const CAT = '00000000-0000-4000-8000-0000000000cc';
/** How jobs name each contact: one way each, for two groups of the queue are not kept in order. */
const PEOPLE = [
  { id: ADA, contact: { contactId: ADA } },
  { id: BOB, contact: { email: 'bob@e.com' } },
  { id: CAT, contact: { phone: '+15550103' } },
];
const SAME_TIME_MS = 5_000;
const MOST_ROUNDS = 2_000;

interface SentJob {
  readonly person: number;
  /** When it happened, beside the moment it is sent. Milliseconds. */
  readonly off: number;
  readonly changes: readonly ('add' | 'remove' | 'leave')[];
  readonly reversible: readonly string[] | undefined;
}
type Step =
  | { readonly send: readonly SentJob[] }
  | { readonly work: number; readonly pass: number };
type Fate = 'fine' | 'refused' | 'answer lost';

const sentJob: fc.Arbitrary<SentJob> = fc.record({
  person: fc.nat({ max: PEOPLE.length - 1 }),
  off: fc.oneof(fc.constant(0), fc.integer({ min: -20_000, max: 0 })),
  changes: fc.array(fc.constantFrom('add' as const, 'remove' as const, 'leave' as const), {
    minLength: LABELS.length,
    maxLength: LABELS.length,
  }),
  reversible: fc.option(fc.subarray(LABELS), { nil: undefined }),
});
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({ send: fc.array(sentJob, { minLength: 1, maxLength: 14, size: 'max' }) }),
    fc.record({ work: fc.integer({ min: 1, max: 3 }), pass: fc.nat({ max: 400_000 }) }),
  ),
  { minLength: 1, maxLength: 8, size: 'max' },
);
const fates = (worst: boolean): fc.Arbitrary<Fate[]> =>
  worst
    ? fc.array(fc.constantFrom<Fate>('fine', 'fine', 'refused', 'answer lost'), {
        maxLength: 60,
        size: 'max',
      })
    : fc.constant([]);

function jobFrom(
  { person, off, changes, reversible }: SentJob,
  now: number,
  index: number,
): LabelJob {
  const of = (change: string) => LABELS.filter((_, label) => changes[label] === change);
  const job = jobOf({}, now - START + off);
  return {
    ...job,
    id: index.toString(16).padStart(64, '0'),
    contact: PEOPLE[person]?.contact ?? {},
    add: of('add'),
    remove: of('remove'),
    reversible: reversible && [...reversible],
    cause: { ...job.cause, eventId: `${index}` },
  };
}

/** Sends and processes by the steps, and then the rest; a call that meets no fate is answered. */
async function live(history: readonly Step[], lots: readonly Fate[]) {
  let time = START;
  const log = captureLog();
  const wix = createFakeWix();
  wix.addContact(ADA);
  wix.addContact(BOB, { emails: ['bob@e.com'] });
  wix.addContact(CAT, { phones: ['+15550103'] });
  const left = [...lots];
  let failures = 0;
  const fate = new Map<unknown, Fate>();
  wix.hooks.before = (operation) => {
    const mine = left.shift() ?? 'fine';
    fate.set(operation, mine);
    if (mine !== 'refused') return;
    failures += 1;
    throw new WixError({ operation, kind: 'answer', status: 503 });
  };
  wix.hooks.after = (operation) => {
    if (fate.get(operation) !== 'answer lost') return;
    failures += 1;
    throw new WixError({ operation, kind: 'network' });
  };
  const now = (): number => time;
  const sqs = createSqs(now);
  const queue = createQueue({ ...sqs });
  const openSite = (context: CallContext): WixSite => wix.openSite(context);
  const work = createWorker({ openSite, queue, now, clock: now, random: () => 0.5 });
  const sent: { person: number; job: LabelJob }[] = [];

  async function processBatch(): Promise<void> {
    const records = await sqs.receive();
    const [callsBefore, failuresBefore] = [wix.calls.length, failures];
    const { batchItemFailures } = await work(records, () => 60_000);
    const kept = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    await sqs.remove(records.filter(({ messageId }) => !kept.has(messageId)));
    if (failures > failuresBefore) return;
    const changes = wix.calls.slice(callsBefore).filter((call) => /labelContact/.test(call));
    const each = changes.map((call) => call.split(' ').slice(0, 2).join(' '));
    expect(each.length).toBe(new Set(each).size);
  }

  try {
    for (const step of history) {
      if ('send' in step) {
        for (const one of step.send) {
          const job = jobFrom(one, time, sent.length);
          sent.push({ person: one.person, job });
          await queue.send(job);
          time += 1;
        }
      } else {
        time += step.pass;
        for (let n = 0; n < step.work; n += 1) await processBatch();
      }
    }
    for (let round = 0; sqs.jobs.size() > 0; round += 1) {
      if (round > MOST_ROUNDS) throw new Error('It does not end.');
      if (!sqs.jobs.isAvailable()) time = Math.max(time, sqs.jobs.nextVisibleAt() ?? time);
      await processBatch();
    }
    const done = log.lines().filter(({ outcome }) => outcome === 'done');
    return {
      sent,
      labelsOf: (person: number) => wix.labelsOf(PEOPLE[person]?.id ?? ''),
      dead: sqs.deadLetters.size(),
      /** The events in the order in which they were done. */
      doneInOrder: done.map(({ eventId }) => Number(eventId)),
    };
  } finally {
    log.restore();
  }
}

/** What a contact has when its jobs are done one by one: who happened over 5 s before the last say has none. */
function oneByOne(jobs: readonly LabelJob[]): readonly string[] {
  const has = new Map<string, boolean>();
  const lastWriteAt = new Map<string, number>();
  for (const { add, remove, cause } of jobs) {
    const at = Date.parse(cause.occurredAt);
    for (const name of [...add, ...remove]) {
      const last = lastWriteAt.get(name) ?? at;
      if (last - at > SAME_TIME_MS) continue;
      has.set(name, add.includes(name));
      lastWriteAt.set(name, Math.max(last, at));
    }
  }
  return LABELS.filter((name) => has.get(name));
}

test.each([
  ['when nothing fails, in one call each way a batch', false],
  ['however often calls fail and answers are lost', true],
])('jobs come to what they come to one by one, in order: %s', async (_name, worst) => {
  await fc.assert(
    fc.asyncProperty(steps, fates(worst), async (history, lots) => {
      const { sent, labelsOf, dead, doneInOrder } = await live(history, lots);
      expect(dead).toBe(0);
      expect(doneInOrder.toSorted((a, b) => a - b)).toEqual([...sent.keys()]);
      for (const person of PEOPLE.keys()) {
        const its = sent.filter((one) => one.person === person).map(({ job }) => job);
        expect(labelsOf(person)).toEqual(oneByOne(its));
        const order = doneInOrder.filter((index) => sent[index]?.person === person);
        expect(order).toEqual(order.toSorted((a, b) => a - b));
      }
    }),
    { numRuns: worst ? 150 : 100 },
  );
});
