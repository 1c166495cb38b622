import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { LiveEvents } from '../../../cli/commands/backfill/live.ts';
import type { SentJobs } from '../../../cli/commands/backfill/send.ts';
import { type SendingOptions, sendJobs } from '../../../cli/commands/backfill/send.ts';
import type { LabelJob } from '../../../lib/queue/job.ts';
import { aJob } from '../../support/jobs.ts';

const jobs = Array.from({ length: 45 }, (_, i) =>
  aJob({ contact: { email: `${i}@example.com` }, add: ['Customer', `Order ${i}`] }),
);

const quiet: LiveEvents = {
  look: async () => {},
  without: (job) => job,
  metNobody: () => false,
  hole: () => undefined,
};

/** A run on a clock that goes on only while somebody waits. */
function aRun(changes: Partial<SendingOptions> = {}) {
  let time = 0;
  const got: { readonly job: LabelJob; readonly at: number }[] = [];
  const noted = new Set<string>();
  const sent: SentJobs = {
    has: (id) => noted.has(id),
    deduplicationOf: ({ id }) => id,
    add: async (ids) => {
      for (const id of ids) noted.add(id);
    },
  };
  const options: SendingOptions = {
    queue: {
      send: async (job) => {
        got.push({ job, at: time });
        return 'queued';
      },
    },
    sent,
    live: quiet,
    perMinute: 30,
    signal: new AbortController().signal,
    now: () => time,
    wait: async (ms) => {
      time += ms;
    },
    onSent: () => {},
    ...changes,
  };
  return { got, noted, options, now: () => time };
}

test('jobs go evenly, ten at once, in the order given', async () => {
  const { got, options } = aRun();

  const { jobs: done } = await sendJobs(jobs, options);

  expect(done).toEqual(jobs);
  expect(got.map(({ job }) => job)).toEqual(jobs);
  expect(got.map(({ at }) => at / 20_000)).toEqual(jobs.map((_, i) => Math.floor(i / 10)));
});

test('stopped anywhere and begun again, each job is sent, and none twice that was noted', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat({ max: 6 }), { maxLength: 5 }), async (stops) => {
      const { got, noted, options } = aRun();
      for (const stop of [...stops, Number.POSITIVE_INFINITY]) {
        const stopping = new AbortController();
        let tens = 0;
        const onSent = () => {
          tens += 1;
          if (tens > stop) stopping.abort();
        };
        const left = jobs.filter(({ id }) => !noted.has(id));
        await sendJobs(left, { ...options, onSent, signal: stopping.signal }).catch(
          (error: unknown) => {
            if (!stopping.signal.aborted) throw error;
          },
        );
      }

      expect(got.map(({ job }) => job)).toEqual(jobs);
    }),
  );
});

test('after Ctrl-C nothing more is sent', async () => {
  const stopping = new AbortController();
  const { got, options } = aRun({
    signal: stopping.signal,
    onSent: (sent) => {
      if (sent === 20) stopping.abort();
    },
  });

  await expect(sendJobs(jobs, options)).rejects.toThrow('aborted');

  expect(got).toHaveLength(20);
});

test('what fails to be sent is not noted, and what went before is', async () => {
  const { noted, options } = aRun();
  let calls = 0;
  const send = async () => {
    calls += 1;
    if (calls > 12) throw new Error('SQS is away');
    return 'queued' as const;
  };

  await expect(sendJobs(jobs, { ...options, queue: { send } })).rejects.toThrow('SQS is away');

  expect([...noted]).toEqual(jobs.slice(0, 10).map(({ id }) => id));
});

test('the log is looked at first and each minute, and what a webhook has settled meanwhile is left', async () => {
  let looks: number[] = [];
  const { got, noted, options, now } = aRun({ perMinute: 10 });
  const live: LiveEvents = {
    ...quiet,
    look: async () => {
      looks = [...looks, now()];
    },
    without: (job) => (looks.length > 3 ? { ...job, add: ['Customer'] } : job),
  };

  const { jobs: done } = await sendJobs(jobs, { ...options, live });

  expect(looks).toEqual([0, 60_000, 120_000, 180_000, 240_000]);
  expect(done.map(({ add }) => add.length)).toEqual(jobs.map((_, i) => (i < 30 ? 2 : 1)));
  expect(got.map(({ job }) => job)).toEqual(done);
  expect(noted.size).toBe(jobs.length);
});

test('a job of which webhooks have settled all is noted, and not sent', async () => {
  const { got, noted, options } = aRun();

  await sendJobs(jobs, { ...options, live: { ...quiet, without: (job) => ({ ...job, add: [] }) } });

  expect([got.length, noted.size]).toEqual([0, jobs.length]);
});

test('a line of the log that nobody can place stops a run', async () => {
  const { got, options, now } = aRun({ perMinute: 10 });
  const hole = () => (now() > 0 ? '1 line of the log cannot be read' : undefined);
  const live = { ...quiet, hole };

  await expect(sendJobs(jobs, { ...options, live })).rejects.toThrow('Stopped. 1 line of the log');

  expect(got).toHaveLength(10);
});

test('a job that fits no message is reported, and not noted', async () => {
  const { noted, options } = aRun({ queue: { send: async () => 'too-large' } });

  const { jobs: done, tooLarge } = await sendJobs(jobs, options);

  expect([done.length, tooLarge.length, noted.size]).toEqual([0, jobs.length, 0]);
});
