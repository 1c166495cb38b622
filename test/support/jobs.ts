import { createHash } from 'node:crypto';
import type { LabelJob } from '../../lib/queue/job.ts';

// What many tests name, in a file that loads no SDK and no stand-in: those that need none start at once.

export const API_KEY = 'IST.a-key-of-a-test';
export const SITE_ID = '5a1e0000-0000-4000-8000-000000000001';
export const APP = { id: 'app-of-a-test', secret: 'secret-of-a-test', instanceIds: [SITE_ID] };

/** A budget of Wix calls that no test uses up. */
export const NO_LIMIT = { requestsPerMinute: 1_000_000, workers: 1 } as const;

/** When every stage begins: the tests' own clock, which moves only when they move it. */
export const START = Date.parse('2026-11-21T12:00:00.000Z');

/** A job as the receiver makes them, with what a test cares about. */
export function aJob(over: Partial<LabelJob> & { at?: number } = {}): LabelJob {
  const { at = START, ...fields } = over;
  const time = new Date(at).toISOString();
  return {
    v: 1,
    id: createHash('sha256').update(JSON.stringify(over)).digest('hex'),
    site: SITE_ID,
    contact: { email: 'ada@example.com' },
    missing: 'wait',
    add: ['Customer'],
    remove: [],
    cause: {
      source: 'custom',
      eventId: 'event-1',
      topic: 'order.paid',
      types: ['order.paid'],
      rules: ['customers'],
      occurredAt: time,
      receivedAt: time,
    },
    ...fields,
  };
}
