/** What a job says, as far as it is looked at here. */
export interface Job {
  readonly contact: { readonly email?: string };
  readonly add: readonly string[];
}

/** The body of a message as a job; undefined of none. */
export function jobOf(body: string | undefined): Job | undefined {
  return body === undefined ? undefined : JSON.parse(body);
}

/** @throws Error unless `receive` says that it queued the event, and SQS has a job that adds labels. */
export function checkQueued(answer: unknown, job: Job | undefined): void {
  const { statusCode, body = '{}' } = Object(answer) as { statusCode?: number; body?: string };
  const { status } = JSON.parse(body) as { status?: string };
  if (statusCode !== 200 || status !== 'queued' || !job) {
    throw new Error(`\`receive\` queued nothing. It answered ${JSON.stringify(answer)}.`);
  }
  if (job.add.length === 0)
    throw new Error('rules.yml gives the purchase of the benchmark no label.');
}

/** @throws Error unless `label` reports no failure and the contact has all labels of the job. */
export function checkLabelled(
  answer: unknown,
  job: Job | undefined,
  labels: readonly string[],
): void {
  const { batchItemFailures } = Object(answer) as { batchItemFailures?: readonly unknown[] };
  const missing = job?.add.filter((name) => !labels.includes(name)) ?? ['any label'];
  if (batchItemFailures?.length === 0 && missing.length === 0) return;
  const lacks = missing.length > 0 ? ` The contact lacks ${missing.join(', ')}.` : '';
  throw new Error(`\`label\` did not label. It answered ${JSON.stringify(answer)}.${lacks}`);
}
