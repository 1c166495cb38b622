import { SQSClient } from '@aws-sdk/client-sqs';
import { parseJson } from '../lib/runtime/json.ts';
import type { SettingName } from '../lib/runtime/settings.ts';
import { readLogFile } from '../local/log-file.ts';
import { readState, statePath } from '../local/state.ts';
import { REGION } from '../local/template.ts';
import { CliFailure, EXIT } from './failure.ts';
import type { LogLine, LogQuery, Target } from './target.ts';

/** The engine that `npm start` runs on this machine. @throws CliFailure when none does */
export async function openEngine(env: NodeJS.ProcessEnv = process.env): Promise<Target> {
  const state = await readState(statePath(env));
  if (state === undefined) {
    throw new CliFailure(
      'The local engine does not run. Start it with `npm start`, or name a deployed stage with --stage.',
      EXIT.unreachable,
    );
  }
  const { url, wixUrl, queueUrl, deadLetterQueueUrl, sqsEndpoint, settings, signingSecrets } =
    state;
  const sqs = new SQSClient({
    endpoint: sqsEndpoint,
    region: REGION,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  return {
    name: 'the local engine',
    kind: 'engine',
    url,
    ...(wixUrl && { simulatorUrl: wixUrl }),
    queueUrl,
    deadLetterQueueUrl,
    sqs,
    settings: async () => new Map(Object.entries(settings) as [SettingName, string][]),
    signingSecret: async (source) => signingSecrets[source],
    logs: (query) => readLog(state.logFile, query),
    close: () => sqs.destroy(),
  };
}

async function readLog(path: string, { anyOf, since }: LogQuery): Promise<readonly LogLine[]> {
  const lines = (await readLogFile(path)).split('\n');
  return (
    lines
      .filter((line) => anyOf.some((text) => line.includes(text)))
      // The engine may be about to write the last one.
      .flatMap((line) => (parseJson(line) as LogLine | undefined) ?? [])
      .filter(({ time }) => time !== undefined && Date.parse(time) >= since)
  );
}
