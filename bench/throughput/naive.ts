import type { LabelJob } from '../../lib/queue/job.ts';
import { API_KEY } from '../../simulators/deployment/distant-wix.ts';
import type { Program } from '../../simulators/deployment/lambda.ts';

/** Retries of one call, after 1, 2 and 4 s. */
const RETRIES = 3;
const FIRST_RETRY_MS = 1_000;
const CALL_TIMEOUT_MS = 10_000;

/** What its queue goes with: after five receives a message is a dead letter. */
export const NAIVE_MAX_RECEIVE_COUNT = 5;

/**
 * The worker that a careful person writes by the textbook, to compare with. Record by record it looks
 * the contact up, finds or creates each label, and labels. A call that is throttled or fails at Wix is
 * tried again with exponential backoff, as SDKs do; then the record has failed. Of a FIFO queue a
 * function "should stop processing messages after the first failure and return all failed and
 * unprocessed messages in batchItemFailures", and so it does; the queue gives up after five receives.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html (checked 2026-11-21),
 * as SqsFifoPartialProcessor of AWS's own Powertools does. It only adds labels.
 */
export const naive: Program = ({ fetch, sleep, timeoutSignal }) => {
  async function callOnce(
    site: string,
    path: string,
    body: unknown,
  ): Promise<Response | undefined> {
    const headers = { authorization: API_KEY, 'wix-site-id': site };
    try {
      return await fetch(`https://www.wixapis.com${path}`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: timeoutSignal(CALL_TIMEOUT_MS),
      });
    } catch {
      return undefined;
    }
  }

  async function call<T>(site: string, path: string, body: unknown): Promise<T> {
    for (let attempt = 0; ; attempt += 1) {
      const response = await callOnce(site, path, body);
      if (response?.ok) return response.json() as Promise<T>;
      const status = response?.status ?? 0;
      const mayPass = status === 0 || status === 429 || status >= 500;
      if (!mayPass || attempt === RETRIES) throw new Error(`Wix answered ${path} with ${status}`);
      await sleep(FIRST_RETRY_MS * 2 ** attempt);
    }
  }

  async function findContact(site: string, email: string | undefined): Promise<string> {
    const filter = { 'info.emails.email': { $eq: email } };
    const { contacts } = await call<{ contacts: { id: string }[] }>(
      site,
      '/contacts/v4/contacts/query',
      { query: { filter } },
    );
    const [contact] = contacts;
    if (!contact) throw new Error('There is no such contact');
    return contact.id;
  }

  async function work({ site, contact, add }: LabelJob): Promise<void> {
    const contactId = contact.contactId ?? (await findContact(site, contact.email));
    const labelKeys: string[] = [];
    for (const displayName of add) {
      const path = '/contacts/v4/labels';
      const { label } = await call<{ label: { key: string } }>(site, path, { displayName });
      labelKeys.push(label.key);
    }
    await call(site, `/contacts/v4/contacts/${contactId}/labels`, { labelKeys });
  }

  return async (records) => {
    for (const [index, record] of records.entries()) {
      try {
        await work(JSON.parse(record.body));
      } catch {
        const kept = records.slice(index);
        return { batchItemFailures: kept.map((one) => ({ itemIdentifier: one.messageId })) };
      }
    }
    return { batchItemFailures: [] };
  };
};
