/**
 * Which messages of a batch failed, by Lambda's contract for `ReportBatchItemFailures`: no answer, no
 * list or an empty list is a success of all; an id that is missing, empty or of no message of the
 * batch is a failure of all.
 * Source: docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html (checked 2026-11-21).
 */
export function failedItems(response: unknown, batch: ReadonlySet<string>): ReadonlySet<string> {
  const list = (response as { batchItemFailures?: unknown } | null | undefined)?.batchItemFailures;
  if (list === undefined || list === null) return new Set();
  if (!Array.isArray(list)) return batch;
  const ids = list.map((item: { itemIdentifier?: unknown } | null) => item?.itemIdentifier);
  const known = ids.filter((id): id is string => typeof id === 'string' && batch.has(id));
  return known.length === ids.length ? new Set(known) : batch;
}
