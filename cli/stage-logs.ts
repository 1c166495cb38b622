import { setTimeout as sleep } from 'node:timers/promises';
import {
  CloudWatchLogsClient,
  GetQueryResultsCommand,
  type ResultField,
  StartQueryCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { parseJson } from '../lib/runtime/json.ts';
import { CliFailure, EXIT } from './failure.ts';
import type { LogLine, LogQuery } from './target.ts';

const POLL_MS = 500;
/** A query gives 10,000 lines at the most: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Limit.html (checked 2026-11-22) */
const MOST_LINES = 10_000;

/** The matching lines of `${prefix}-receive` and `${prefix}-label`, by CloudWatch Logs Insights. */
export async function queryLogs(
  prefix: string,
  query: LogQuery,
  options: { region?: string },
): Promise<readonly LogLine[]> {
  const client = new CloudWatchLogsClient(options);
  try {
    const { queryId } = await client.send(
      new StartQueryCommand({
        logGroupNames: [`${prefix}-receive`, `${prefix}-label`],
        startTime: Math.floor(query.since / 1000),
        endTime: Math.ceil(Date.now() / 1000),
        queryString: insightsQuery(query.anyOf),
        limit: MOST_LINES,
      }),
    );
    for (;;) {
      const { status, results = [] } = await client.send(new GetQueryResultsCommand({ queryId }));
      if (status === 'Complete') return results.flatMap(toLine);
      if (status !== 'Running' && status !== 'Scheduled') {
        throw new CliFailure(
          `The query of the logs ended as ${status}. Try again.`,
          EXIT.unreachable,
        );
      }
      await sleep(POLL_MS);
    }
  } finally {
    client.destroy();
  }
}

/** Lines that hold any of the texts. Each is quoted as a string of the query language. */
export function insightsQuery(anyOf: readonly string[]): string {
  const conditions = anyOf.map((text) => `strcontains(@message, ${JSON.stringify(text)})`);
  return `fields @message, @log | filter ${conditions.join(' or ')} | sort @timestamp asc`;
}

function toLine(fields: readonly ResultField[]): LogLine[] {
  const value = (name: string) => fields.find(({ field }) => field === name)?.value ?? '';
  const parsed = parseJson(value('@message'));
  // `123456789012:/aws/lambda/earmark-prod-receive`
  const name = value('@log').replace(/^.*-/, '');
  return parsed instanceof Object ? [{ ...parsed, function: name }] : [];
}
