import { expect, test } from '@jest/globals';
import { createLiveEvents } from '../../../cli/commands/backfill/live.ts';
import type { FunctionLogLine, LogQuery } from '../../../cli/kit/target.ts';
import type { JobLineField } from '../../../lib/labelling/job-line.ts';
import { groupTag } from '../../../lib/queue/identity.ts';
import type { LabelJob } from '../../../lib/queue/job.ts';
import { aJob } from '../../support/jobs.ts';

const SINCE = Date.UTC(2026, 2, 1);
const MINUTE_MS = 60_000;

const jobOf = (email: string, changes: Partial<LabelJob> = {}): LabelJob =>
  aJob({ contact: { email }, add: ['Customer', 'VIP'], remove: ['Lead'], ...changes });
const groupOf = (email: string) => groupTag(jobOf(email));

/** A line of the worker about a job of this address. */
const line = (email: string, fields: Record<string, unknown> = {}): FunctionLogLine => ({
  function: 'label',
  message: 'job',
  outcome: 'done',
  group: groupOf(email),
  contactId: `contact of ${email}`,
  eventId: 'orders/paid:1',
  ...fields,
});

function aLog() {
  let time = SINCE + 60 * MINUTE_MS;
  const lines: FunctionLogLine[] = [];
  const unreadable: string[] = [];
  const asked: number[] = [];
  const notes: string[] = [];
  const live = createLiveEvents({
    target: {
      logs: async ({ since, onUnreadable }: LogQuery) => {
        asked.push(since);
        for (const text of unreadable.splice(0)) onUnreadable?.({ where: 'label at noon', text });
        return lines.splice(0);
      },
    },
    since: SINCE,
    now: () => time,
    signal: new AbortController().signal,
    note: (text) => notes.push(text),
  });
  const pass = (ms: number) => {
    time += ms;
  };
  return { live, lines, unreadable, asked, notes, pass };
}

test.each<JobLineField>(['added', 'removed', 'inPlace', 'superseded'])(
  'a label in %s of a webhook’s line is left, the others are not, nor those of others',
  async (became) => {
    const { live, lines } = aLog();
    lines.push(line('ada@example.com', { [became]: ['Customer', 'Lead'] }));

    await live.look();

    expect(live.without(jobOf('Ada@example.com'))).toMatchObject({ add: ['VIP'], remove: [] });
    const other = jobOf('bo@example.com');
    expect(live.without(other)).toEqual(other);
  },
);

test('what an earlier backfill did settles nothing', async () => {
  const { live, lines } = aLog();
  const eventId = 'backfill orders/paid:1';
  lines.push(line('ada@example.com', { added: ['Customer'], eventId }));

  await live.look();

  expect(live.without(jobOf('ada@example.com')).add).toEqual(['Customer', 'VIP']);
});

test('what a webhook did to the same contact under another address counts', async () => {
  const { live, lines } = aLog();
  lines.push(line('ada@example.com', { contactId: 'c', eventId: 'backfill orders/paid:1' }));
  lines.push(line('king@example.com', { contactId: 'c', removed: ['Customer'] }));

  await live.look();

  expect(live.without(jobOf('ada@example.com')).add).toEqual(['VIP']);
});

test('who was no contact when an old order’s job came is known by the job, until one is found', async () => {
  const { live, lines } = aLog();
  const eventId = 'backfill orders/paid:1';
  const nobody = { eventId, contactId: undefined };
  lines.push(line('ada@example.com', { ...nobody, jobId: 'late' }));
  lines.push(line('ada@example.com', { ...nobody, jobId: 'never' }));
  lines.push(line('ada@example.com', { contactId: undefined, jobId: 'a webhook’s' }));
  lines.push(line('ada@example.com', { eventId, jobId: 'late' }));

  await live.look();

  const met = ['late', 'never', 'a webhook’s'].filter((id) => live.metNobody({ id }));
  expect(met).toEqual(['never']);
});

test('a name that the log has masked is known again', async () => {
  const { live, lines } = aLog();
  lines.push(line('ada@example.com', { added: ['Friend of [e-mail]'] }));

  await live.look();

  const job = jobOf('ada@example.com', { add: ['Friend of bo@example.com'], remove: [] });
  expect(live.without(job).add).toEqual([]);
});

test('a later look asks for what is new, and a little more, and forgets nothing', async () => {
  const { live, lines, asked, pass } = aLog();
  lines.push(line('ada@example.com', { added: ['Customer'] }));
  await live.look();
  pass(30 * MINUTE_MS);
  lines.push(line('ada@example.com', { added: ['VIP'] }));

  await live.look();

  expect(asked).toEqual([SINCE, SINCE + 58 * MINUTE_MS]);
  expect(live.without(jobOf('ada@example.com')).add).toEqual([]);
});

test('of whom a line cannot be read all labels are left, and a line about nobody known is a hole', async () => {
  const { live, unreadable, notes } = aLog();
  unreadable.push(`"outcome":"done" "group":"${groupOf('ada@example.com')}" "remo`);
  await live.look();
  const first = live.hole();
  unreadable.push(String.raw`"eventId":"say \"group\":\"0123456789ab\"" "outcome":"done"`);

  await live.look();

  expect(live.without(jobOf('ada@example.com'))).toMatchObject({ add: [], remove: [] });
  expect(notes).toEqual([expect.stringContaining('about 1 customer cannot be read')]);
  expect([first, live.hole()]).toEqual([undefined, expect.stringContaining('label at noon')]);
});

test('a log that does not give all is reported', async () => {
  const { live, lines, notes } = aLog();
  lines.push(...Array.from({ length: 10_000 }, () => line('ada@example.com')));

  await live.look();

  expect(notes).toEqual([expect.stringContaining('Export the orders anew')]);
});
