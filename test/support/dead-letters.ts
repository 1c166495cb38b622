import { readFile } from 'node:fs/promises';
import { SQSClient } from '@aws-sdk/client-sqs';
import { type DeadLetterMessage, deadJob } from '../../lib/queue/dead-letter.ts';
import type { LabelJob } from '../../lib/queue/job.ts';
import { deadDelivery } from '../../lib/queue/kept-delivery.ts';
import { createQueue } from '../../lib/queue/queue.ts';
import type { DeadLetterReason } from '../../lib/queue/reasons.ts';
import { parseJson } from '../../lib/runtime/json.ts';
import { REGION } from '../../simulators/sqs/address.ts';
import { type EngineProcess, earmark } from './earmark.ts';
import { aJob } from './jobs.ts';

/** The site of `npm start`. */
const SITE = '00000000-0000-4000-8000-000000000001';

/** A dead letter of a job, with a reason. Its event's id begins with the reason. */
export function aDeadJob(
  reason: DeadLetterReason,
  contact: LabelJob['contact'],
  over: Partial<LabelJob> = {},
): DeadLetterMessage {
  const job = aJob({ site: SITE, at: Date.now(), contact, add: [`After ${reason}`], ...over });
  const cause = { ...job.cause, eventId: `${reason} of ${contact.email}` };
  return deadJob({ ...job, cause }, { reason, firstTriedAt: job.cause.receivedAt });
}

/** A dead letter of a delivery of the custom source on which the rule `tiers` failed. */
export function aDeadDelivery(fields: { event_id: string } & Readonly<Record<string, unknown>>) {
  const body = Buffer.from(JSON.stringify(fields));
  const headers = { 'content-type': 'application/json' };
  const info = { reason: 'rule-failed' as const, detail: '"tiers": add: no such key: data' };
  const raw = { headers, body, receivedAt: Date.now() };
  const deadLetter = deadDelivery({
    source: 'custom',
    delivery: raw,
    id: fields.event_id,
    info,
  });
  if (!deadLetter) throw new Error('It does not fit a message.');
  return deadLetter;
}

/** What `dead-letters list --json` prints. */
export interface Listing {
  readonly fitting: number;
  readonly hidden: number;
  readonly leasedByOthers: number;
  readonly reasons: readonly { readonly reason: string; readonly count: number }[];
  readonly newest: readonly { readonly id: string; readonly reason: string }[];
}

/** The dead letters of an engine that runs as a process. */
export function deadLettersOf(engine: EngineProcess) {
  const { sqsEndpoint: endpoint, queueUrl, deadLetterQueueUrl, logFile } = engine.state;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new SQSClient({ endpoint, region: REGION, credentials });
  const queue = createQueue({ client, queueUrl, deadLetterQueueUrl });

  async function listing(...filters: string[]): Promise<Listing> {
    const { out } = await earmark(['dead-letters', 'list', '--json', ...filters], engine);
    return JSON.parse(out);
  }

  return {
    async deadLetter(deadLetters: readonly DeadLetterMessage[]): Promise<void> {
      for (const deadLetter of deadLetters) await queue.deadLetter(deadLetter);
    },
    async addContacts(emails: readonly string[]): Promise<void> {
      for (const email of emails) {
        await engine.simulator('contacts', { method: 'POST', body: JSON.stringify({ email }) });
      }
    },
    listing,
    /** How many dead letters there are of each reason. */
    async reasons(): Promise<Readonly<Record<string, number>>> {
      const { reasons } = await listing();
      return Object.fromEntries(reasons.map(({ reason, count }) => [reason, count]));
    },
    /** What the worker logged of the jobs whose event's id begins so: a line for each try. */
    async triesOf(event: string): Promise<readonly Record<string, unknown>[]> {
      const lines = (await readFile(logFile, 'utf8')).split('\n').map(parseJson);
      return lines.filter(
        (line): line is Record<string, unknown> =>
          line instanceof Object &&
          'eventId' in line &&
          String(line.eventId).startsWith(event) &&
          'message' in line &&
          line.message === 'job',
      );
    },
    async labelsOf(email: string): Promise<readonly string[]> {
      const { contacts } = await engine.simulator(`contacts?email=${email}`);
      return (contacts as unknown as { labels: string[] }[])[0]?.labels ?? [];
    },
    close: () => client.destroy(),
  };
}
