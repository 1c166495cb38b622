import { setTimeout as sleep } from 'node:timers/promises';
import {
  CloudWatchLogsClient,
  GetQueryResultsCommand,
  type ResultField,
  StartQueryCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { CliFailure, EXIT, wrongUsage } from './failure.ts';
import { type FunctionLogLine, type LogQuery, lineOf } from './target.ts';

const POLL_MS = 500;
/** A query without a limit gives 10,000 lines at the most: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Limit.html (checked 2026-11-22) */
const MOST_LINES = 10_000;

/** The matching lines of `${prefix}-receive` and `${prefix}-label`, by CloudWatch Logs Insights. */
export async function queryLogs(
  prefix: string,
  query: LogQuery,
  options: { region?: string },
): Promise<readonly FunctionLogLine[]> {
  if (query.anyOf.length === 0) return [];
  const client = new CloudWatchLogsClient(options);
  const { signal } = query;
  const ends = signal ? { abortSignal: signal } : {};
  try {
    const { queryId } = await client.send(
      new StartQueryCommand({
        logGroupNames: [`${prefix}-receive`, `${prefix}-label`],
        startTime: Math.floor(query.since / 1000),
        endTime: Math.ceil(Date.now() / 1000),
        queryString: insightsQuery(query.anyOf),
        limit: MOST_LINES,
      }),
      ends,
    );
    for (;;) {
      const { status, results = [] } = await client.send(
        new GetQueryResultsCommand({ queryId }),
        ends,
      );
      if (status === 'Complete') return linesOf(results, query);
      if (status !== 'Running' && status !== 'Scheduled') {
        throw new CliFailure(
          `The query of the logs ended as ${status}. Try again.`,
          EXIT.unreachable,
        );
      }
      await sleep(POLL_MS, undefined, signal ? { signal } : {});
    }
  } finally {
    client.destroy();
  }
}

/**
 * A query for lines that may hold any of the texts, the newest first, for there may be more than come back.
 * How the language escapes a quote is not documented, so only what needs no escape is asked for; what
 * comes back is held against the whole text.
 * `like` and a text: a part of the field, in the same case.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Filter.html (checked 2026-11-22)
 */
export function insightsQuery(anyOf: readonly string[]): string {
  const conditions = anyOf.map((text) => {
    const parts = plainParts(text).map((part) => `@message like "${part}"`);
    return `(${parts.join(' and ')})`;
  });
  return `fields @message, @log | filter ${conditions.join(' or ')} | sort @timestamp desc`;
}

/**
 * A query takes 10,000 characters, and so much of a text is enough to find few lines by.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html (checked 2026-11-22)
 */
const LONGEST_TEXT = 100;
const MOST_PARTS = 4;

function plainParts(text: string): readonly string[] {
  const parts = text.slice(0, LONGEST_TEXT).match(/[\w.:/-]{2,}/g);
  if (parts) return parts.slice(0, MOST_PARTS);
  throw wrongUsage(
    `The logs of a stage cannot be searched for ${text}: it has no two letters or digits in a row.`,
  );
}

/** Oldest first. */
function linesOf(results: readonly ResultField[][], query: LogQuery): readonly FunctionLogLine[] {
  return results.flatMap((fields) => toLine(fields, query)).reverse();
}

function toLine(fields: readonly ResultField[], query: LogQuery): FunctionLogLine[] {
  const value = (name: string) => fields.find(({ field }) => field === name)?.value ?? '';
  // `123456789012:/aws/lambda/earmark-prod-receive`
  return lineOf(value('@message').trimEnd(), value('@log').replace(/^.*-/, ''), query);
}
