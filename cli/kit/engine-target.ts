import { SQSClient } from '@aws-sdk/client-sqs';
import { readLogFile } from '../../engine/log-file.ts';
import { readState, statePath } from '../../engine/state.ts';
import { parseJson } from '../../lib/runtime/json.ts';
import type { SettingName } from '../../lib/runtime/settings.ts';
import { REGION } from '../../simulators/sqs/address.ts';
import { CliFailure, EXIT } from './failure.ts';
import { type FunctionLogLine, type LogQuery, lineOf, type Target } from './target.ts';

/** The engine that `npm start` runs on this machine. @throws CliFailure when none does */
export async function openEngine(env: NodeJS.ProcessEnv = process.env): Promise<Target> {
  const state = await readState(statePath(env));
  if (state === undefined) {
    throw new CliFailure(
      'The local engine does not run. Start it with `npm start`, or name a deployed stage with --stage.',
      EXIT.unreachable,
    );
  }
  const { url, wixUrl, memoryId, queueUrl, deadLetterQueueUrl, settings, signingSecrets } = state;
  const { dynamoDbEndpoint, historyTable, historyYears, controlUrl } = state;
  const local = {
    region: REGION,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  const sqs = new SQSClient({ ...local, endpoint: state.sqsEndpoint });
  return {
    name: 'the local engine',
    kind: 'engine',
    url,
    ...(wixUrl && { simulatorUrl: wixUrl }),
    ...(controlUrl && { controlUrl }),
    ...(memoryId && { memoryId }),
    queueUrl,
    deadLetterQueueUrl,
    sqs,
    ...(historyTable &&
      dynamoDbEndpoint && {
        history: {
          table: historyTable,
          client: { ...local, endpoint: dynamoDbEndpoint },
          ...(historyYears && { years: historyYears }),
        },
      }),
    settings: async () => new Map(Object.entries(settings) as [SettingName, string][]),
    defaults: new Set(state.defaults),
    unread: state.unread,
    signingSecret: async (source) => signingSecrets[source],
    logs: (query) => readLog(state.logFile, query),
    close: () => sqs.destroy(),
  };
}

/** How far the time of the engine that runs here is ahead of this machine's, in milliseconds. */
export async function engineAheadMs(env: NodeJS.ProcessEnv = process.env): Promise<number> {
  return (await readState(statePath(env)))?.aheadMs ?? 0;
}

async function readLog(path: string, query: LogQuery): Promise<readonly FunctionLogLine[]> {
  const lines = (await readLogFile(path)).split('\n');
  // The engine may be about to write what follows on the last line end.
  return lines.slice(0, -1).flatMap((line) => read(line, query));
}

/** What a function wrote and is no JSON stands in a line of the engine's own. */
const OUTPUT = '"message":"output"';

function read(line: string, query: LogQuery): FunctionLogLine[] {
  if (line.includes(OUTPUT)) {
    const { function: name, line: written } = (parseJson(line) ?? {}) as Record<string, unknown>;
    if (typeof written === 'string') return lineOf(written, `${name}`, query);
  }
  return lineOf(line, 'engine.log', query).flatMap((found) => {
    const { time, function: name } = parseJson(line) as FunctionLogLine;
    return time !== undefined && Date.parse(time) >= query.since
      ? [{ ...found, function: name }]
      : [];
  });
}
