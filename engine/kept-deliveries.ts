import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod/mini';
import { isCodeSource } from '../lib/events/event.ts';
import { emptied, KeptDelivery, keptBody } from '../lib/queue/kept-delivery.ts';
import { sourceOf, toDelivery } from '../lib/receiving/http.ts';
import { parseJson } from '../lib/runtime/json.ts';
import { asVerified } from '../lib/sources/as-verified.ts';
import { sourceNamed } from '../lib/sources/index.ts';
import { maskSecrets } from '../lib/sources/signing/mask.ts';
import type { Source } from '../lib/sources/source.ts';
import type { GatewayAnswer } from './http-api.ts';

/** What is in the file of a kept delivery: as a dead letter keeps one, with how it was answered. */
const Kept = z.extend(KeptDelivery, {
  /** Enough to name it by. */
  id: z.string(),
  answer: z.object({
    httpStatus: z.number(),
    status: z.string(),
    reason: z.optional(z.string()),
  }),
});

/** A delivery that the engine took, as its sender sent it, without its proofs and secrets. */
export interface KeptByEngine
  extends Omit<z.infer<typeof Kept>, 'body' | 'encoding' | 'v' | 'kind'> {
  readonly body: Buffer;
}

export interface KeepOptions {
  /** What the engine was given as each source's secret, by the name of its setting. */
  readonly environment: Readonly<Record<string, string>>;
  /** Hears of the first delivery that cannot be kept, and of no other. */
  readonly onTrouble: (message: string) => void;
  readonly mostBytes?: number;
  readonly most?: number;
}

/** Then the oldest go. */
const MOST_BYTES = 64 * 1024 * 1024;
const MOST = 2_000;

/** What was verified and answered so. A stranger, who proves nothing, must not push out what is kept. */
const TAKEN = new Set(['queued', 'duplicate', 'ignored', 'dead-letter']);

/**
 * Keeps what `receive` took in a folder that only its owner may read, a file each.
 * @returns what takes a request and its answer, at a time in epoch milliseconds, and ends when it is kept
 */
export function openKeptDeliveries(folder: string, options: KeepOptions) {
  const { onTrouble, mostBytes = MOST_BYTES, most = MOST } = options;
  let files: { readonly name: string; readonly bytes: number }[] | undefined;
  let isReported = false;
  let last: Promise<void> = Promise.resolve();

  async function write(name: string, content: string): Promise<void> {
    if (files === undefined) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      files = await filesIn(folder);
    }
    await writeFile(join(folder, name), content, { flag: 'wx', mode: 0o600 });
    files.push({ name, bytes: Buffer.byteLength(content) });
    let bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    while (files.length > most || bytes > mostBytes) {
      const oldest = files.shift();
      if (oldest === undefined) return;
      bytes -= oldest.bytes;
      await rm(join(folder, oldest.name), { force: true });
    }
  }

  return (event: APIGatewayProxyEventV2, answer: GatewayAnswer, now: number): Promise<void> => {
    const keep = async (): Promise<void> => {
      // The sender has its answer first.
      await setImmediate();
      const kept = keptOf(event, answer, now, options.environment);
      if (kept === undefined) return;
      await write(`${kept.receivedAt.replaceAll(':', '-')}-${kept.id}.json`, JSON.stringify(kept));
    };
    last = last.then(keep).catch((error: Error) => {
      if (!isReported) onTrouble(`Deliveries are not kept in ${folder}: ${error.message}`);
      isReported = true;
    });
    return last;
  };
}

/** The file of a delivery; undefined for one that is not kept. */
function keptOf(
  event: APIGatewayProxyEventV2,
  { status: httpStatus, body: answered }: GatewayAnswer,
  now: number,
  environment: KeepOptions['environment'],
): z.infer<typeof Kept> | undefined {
  const source = sourceNamed(sourceOf(event));
  const { status = '', id: eventId, reason } = (parseJson(answered.toString()) ?? {}) as Answer;
  if (!source || !TAKEN.has(status)) return undefined;
  const masked = withoutSecrets(source, event, now, environment);
  if (masked === undefined) return undefined;
  const text = masked.body.toString('utf8');
  const isText = Buffer.from(text).equals(masked.body);
  return {
    v: 1,
    kind: 'delivery',
    id: randomBytes(4).toString('hex'),
    source: source.name,
    ...(eventId !== undefined && { eventId }),
    receivedAt: new Date(now).toISOString(),
    headers: masked.headers,
    encoding: isText ? 'utf8' : 'gzip',
    body: isText ? text : gzipSync(masked.body).toString('base64'),
    answer: { httpStatus, status, ...(reason !== undefined && { reason }) },
  };
}

interface Answer {
  readonly status?: string;
  readonly id?: string;
  readonly reason?: string;
}

/** Undefined where a secret may stand anywhere, and is known to the functions alone. */
function withoutSecrets(
  source: Source,
  event: APIGatewayProxyEventV2,
  now: number,
  environment: KeepOptions['environment'],
) {
  const written = environment[source.secretSetting] ?? '';
  if (written.startsWith('ssm:') && !isCodeSource(source.name)) return undefined;
  const { headers, body } = maskSecrets(
    asVerified(source, toDelivery(event, now)),
    source.secretsIn(written).secrets,
    [],
  );
  return { headers: emptied(headers), body };
}

/** Oldest first: a name begins with the time. */
async function filesIn(folder: string) {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  return Promise.all(
    names.map(async (name) => ({ name, bytes: (await stat(join(folder, name))).size })),
  );
}

/**
 * The deliveries that an engine kept, oldest first; one whose file cannot be read is left out.
 * @param since epoch milliseconds
 */
export async function* readKeptDeliveries(
  folder: string,
  since: number,
): AsyncGenerator<KeptByEngine> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((one) => one.endsWith('.json')).sort()) {
    const content = await readFile(join(folder, name), 'utf8').catch(() => '');
    const { data } = Kept.safeParse(parseJson(content));
    if (data === undefined || Date.parse(data.receivedAt) < since) continue;
    const { v: _, kind: __, encoding, body, ...about } = data;
    yield { ...about, body: keptBody({ encoding, body }) };
  }
}
