import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { type Engine, type EngineOptions, startEngine } from '../../engine/engine.ts';
import { readLocalSettings } from '../../engine/settings.ts';
import type { CodeSourceName } from '../../lib/events/event.ts';
import { type SampleOptions, sampleDelivery } from '../../samples/samples.ts';
import { SHOP_RULES } from '../../samples/shop.ts';
import { buildFunctions } from '../../scripts/build.ts';
import { type CloudFormationTemplate, compileTemplate } from '../../scripts/template.ts';
import { recordLog, recordSecrets } from './log-watch/record.ts';

/** What `npm start` would run, built for one test file. */
export interface Build {
  readonly bundles: Readonly<Record<string, string>>;
  readonly template: CloudFormationTemplate;
  remove(): Promise<void>;
}

/** Bundles the functions into a folder of their own and compiles serverless.yml: about three seconds. */
export async function buildAll(): Promise<Build> {
  const outDir = await mkdtemp(join(tmpdir(), 'earmark-engine-'));
  const bundles = await buildFunctions({ outDir, rules: SHOP_RULES });
  const template = await compileTemplate({ rules: SHOP_RULES });
  return { bundles, template, remove: () => rm(outDir, { recursive: true }) };
}

/** The template with some properties of one resource changed. */
export function withProperties(
  template: CloudFormationTemplate,
  logicalId: string,
  properties: Readonly<Record<string, unknown>>,
): CloudFormationTemplate {
  const changed = structuredClone(template);
  Object.assign(changed.Resources[logicalId]?.Properties ?? {}, properties);
  return changed;
}

/** An engine as `npm start` would have it, but at free ports and with no limit on the calls to Wix. */
export async function startTestEngine(
  { bundles, template }: Pick<Build, 'bundles' | 'template'>,
  options: Partial<EngineOptions> = {},
  env: NodeJS.ProcessEnv = {},
) {
  const settings = readLocalSettings({
    PORT: '0',
    WIX_SIMULATOR_PORT: '0',
    WIX_REQUESTS_PER_MINUTE: '1000000',
    ...env,
  });
  recordSecrets(Object.values(settings.signingSecrets));
  const lines: Record<string, unknown>[] = [];
  const errors: unknown[] = [];
  const engine = await startEngine({
    bundles,
    template,
    settings,
    simulator: { requestsPerMinute: Number.POSITIVE_INFINITY },
    onLine: (_, line) => {
      recordLog(line);
      if (line.startsWith('{')) lines.push(JSON.parse(line));
    },
    onError: (error) => errors.push(error),
    ...options,
  });
  if (!engine.wix) throw new Error('The test engine has a simulated Wix.');
  const wix = engine.wix.simulator;

  /** Posts a signed sample; the answer's status and JSON. */
  async function post(source: CodeSourceName, changes: Partial<SampleOptions> = {}) {
    const secret = settings.signingSecrets[source] ?? '';
    const sample = sampleDelivery(source, { secret, now: Date.now(), ...changes });
    return send(source, sample.headers, sample.body);
  }
  async function send(source: string, headers: Readonly<Record<string, string>>, body: string) {
    const url = `${engine.url}/webhooks/${source}`;
    const response = await fetch(url, { method: 'POST', headers, body });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }
  return { engine, wix, lines, errors, settings, post, send };
}

/** How many messages a queue of the engine holds, seen and unseen. */
export async function messagesIn(engine: Engine, queueUrl: string): Promise<number> {
  const { Attributes = {} } = await engine.queues.client.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] }),
  );
  return (
    Number(Attributes.ApproximateNumberOfMessages) +
    Number(Attributes.ApproximateNumberOfMessagesNotVisible)
  );
}
