import { isUtf8 } from 'node:buffer';
import { isDeepStrictEqual } from 'node:util';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { deliveryOf } from '../../../cli/commands/rules/payload.ts';
import { compileTrial, type Tried, tryPayload } from '../../../cli/commands/rules/try.ts';
import { readLocalSettings } from '../../../engine/settings.ts';
import { CODE_SOURCES, type CodeSourceName } from '../../../lib/events/event.ts';
import type { LabelJob } from '../../../lib/queue/job.ts';
import { attributeText } from '../../../lib/queue/message.ts';
import type { ReceiveResult } from '../../../lib/receiving/delivery-line.ts';
import { createReceiver } from '../../../lib/receiving/receiver.ts';
import { loadRules } from '../../../lib/rules/authoring/load.ts';
import { compileRules } from '../../../lib/rules/match.ts';
import { draftSample, eventsOf } from '../../../samples/samples.ts';
import { proofHeaders, signJwt } from '../../../samples/sign.ts';
import { START } from '../../support/jobs.ts';
import { captureLog } from '../../support/log.ts';
import { secretsOf } from '../../support/webhook.ts';

const MUTATIONS = 2_000;
const SITE = '00000000-0000-4000-8000-000000000001';

/** Of every kind: fixed and computed names, a condition, one that fails where its fields are absent. */
const CONFIG = loadRules(
  `rules:
  - { name: customers, on: order.paid, add: [Customer] }
  - { name: items, on: [order.created, order.paid], add: 'event.order.items.map(i, "Bought " + i.title)' }
  - { name: vip, on: order.paid, when: event.order.total >= 200.0 && event.order.currency == "USD", add: [VIP] }
  - { name: refunds, on: order.refunded, add: [Refunded], remove: [Customer] }
  - { name: plans, on: [subscription.started, subscription.changed], add: '"Plan " + event.subscription.planName' }
  - { name: forms, on: form.submitted, add: 'event.tags.map(t, "Tag " + t)' }
  - { name: ours, on: [customer.created, customer.updated, custom], when: event.contact.email != "", add: [Known] }
`,
  'rules.yml',
);
const { signingSecrets, environment } = readLocalSettings({});
const secretOf = (source: CodeSourceName): string => signingSecrets[source] ?? '';

/** A body with its headers, before it is signed; for `wix` the claims. */
interface Request {
  readonly source: CodeSourceName;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

function signed({ source, headers, body }: Request): Request {
  const secret = secretOf(source);
  const seconds = Math.floor(START / 1000);
  return { source, headers: { ...headers, ...proofHeaders(source, secret, body, seconds) }, body };
}

/** Every sample of every source, unsigned. */
const SAMPLES: readonly Request[] = CODE_SOURCES.flatMap((source) =>
  eventsOf(source).map((type): Request => {
    const { draft, sign } = draftSample(source, { now: START, type });
    const { headers, body } = sign(draft, secretOf(source));
    const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
    return { source, headers: Object.fromEntries(lower), body: Buffer.from(body) };
  }),
);

/** What becomes of a delivery, in the words of both. */
interface Outcome {
  readonly kind: 'ignored' | 'dead' | 'queued';
  readonly types: readonly string[];
  readonly add: readonly string[];
  readonly remove: readonly string[];
  readonly reasons: readonly string[];
}

const NOBODY = 'no-contact-reference';

function openEngine() {
  const jobs: LabelJob[] = [];
  const deadLetters: string[] = [];
  const receive = createReceiver({
    secrets: secretsOf({
      ...Object.fromEntries(CODE_SOURCES.map((source) => [source, [secretOf(source)]])),
      wix: [environment.WIX_WEBHOOK_PUBLIC_KEY ?? ''],
    }),
    siteOf: () => SITE,
    rules: compileRules(CONFIG),
    clock: { now: () => START, after: () => () => {} },
    fetchText: () => Promise.reject(new Error('nothing is to be fetched')),
    queue: {
      send: async (job) => {
        jobs.push(job);
        return 'queued';
      },
      deadLetter: async (deadLetter) => {
        deadLetters.push(`${deadLetter.reason}: ${deadLetter.detail ?? ''}`);
      },
    },
  });
  return async (request: Request): Promise<Outcome> => {
    jobs.length = 0;
    deadLetters.length = 0;
    const { source, headers, body } = request;
    const result = await receive(source, { headers, body, receivedAt: START });
    return fromResult(result, jobs, [...deadLetters]);
  };
}

function fromResult(
  result: ReceiveResult,
  [job]: readonly LabelJob[],
  deadLetters: readonly string[],
): Outcome {
  const { status } = result;
  if (status === 'refused') throw new Error(`The test signs wrongly: ${result.reason}`);
  const types = 'event' in result ? (result.event?.types ?? []) : [];
  const kind = status === 'dead-letter' ? 'dead' : status === 'queued' ? 'queued' : 'ignored';
  const reasons =
    deadLetters.length > 0 ? deadLetters.map(short) : status === 'ignored' ? [result.reason] : [];
  return { kind, types, add: job?.add ?? [], remove: job?.remove ?? [], reasons };
}

const short = (deadLetter: string): string => (deadLetter.startsWith(NOBODY) ? NOBODY : deadLetter);

function fromTried(tried: Tried): Outcome {
  const none = { types: [], add: [], remove: [] };
  if (tried.kind === 'unreadable') {
    return { ...none, kind: 'dead', reasons: [`unreadable: ${attributeText(tried.reason)}`] };
  }
  if (tried.kind === 'ignored') return { ...none, kind: 'ignored', reasons: [tried.reason] };
  const { events, verdicts, add, remove, namesNobody } = tried;
  const failed = verdicts.flatMap(({ rule, failure }) =>
    failure === undefined ? [] : [`"${rule}": ${failure}`],
  );
  const reasons = failed.length > 0 ? [`rule-failed: ${attributeText(failed.join('; '))}`] : [];
  const types = events.map(({ type }) => type);
  if (namesNobody) return { ...none, types, kind: 'dead', reasons: [...reasons, NOBODY] };
  if (add.length + remove.length > 0) return { kind: 'queued', types, add, remove, reasons };
  return failed.length > 0
    ? { ...none, types, kind: 'dead', reasons }
    : { ...none, types, kind: 'ignored', reasons: ['no rule matched'] };
}

/** Headers of the proof, which nobody who tries a payload has. */
const PROOF = /hmac|signature|authorization|webhook-timestamp/;

function byRulesTest({ source, headers, body }: Request): Outcome {
  const kept = Object.fromEntries(Object.entries(headers).filter(([name]) => !PROOF.test(name)));
  const id = source === 'standard-webhooks' ? { 'webhook-signature': 'v1,' } : {};
  const payload = deliveryOf(body, [], { source, headers: { ...kept, ...id }, now: START });
  return fromTried(tryPayload(compileTrial(CONFIG), payload));
}

async function outcomes(requests: readonly Request[]) {
  const engine = openEngine();
  const output = captureLog();
  const differences: { request: string; engine: Outcome; rulesTest: Outcome }[] = [];
  try {
    for (const request of requests) {
      const [engineSays, rulesTest] = [await engine(request), byRulesTest(request)];
      if (!isDeepStrictEqual(engineSays, rulesTest)) {
        const shown = `${request.source} ${request.headers['content-type']} ${request.body.toString().slice(0, 600)}`;
        differences.push({ request: shown, engine: engineSays, rulesTest });
      }
    }
  } finally {
    output.restore();
  }
  return differences;
}

/** What may stand in the place of a value. */
const strange = fc.constantFrom<unknown>(
  null,
  '',
  'x',
  0,
  -1,
  1e21,
  true,
  [],
  {},
  [1],
  ['a'],
  [{}],
  {
    a: { b: 'c' },
  },
);

type Path = readonly (string | number)[];

function pathsIn(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Object.entries(value).flatMap(([key, part]) => pathsIn(part, [...path, key]));
  return path.length > 0 ? [path, ...inner] : inner;
}

function changed(value: unknown, path: Path, to: unknown): unknown {
  const copy = structuredClone(value);
  const parent = path
    .slice(0, -1)
    .reduce<Record<string, unknown>>(
      (at, key) => at[key] as Record<string, unknown>,
      copy as Record<string, unknown>,
    );
  const key = path.at(-1) ?? '';
  if (to === undefined) delete parent[key];
  else parent[key] = to;
  return copy;
}

/** Wix's claims hold JSON in a text, twice. */
function claimsIn(token: Buffer): Record<string, unknown> {
  const claims = JSON.parse(
    Buffer.from(token.toString().split('.')[1] ?? '', 'base64url').toString(),
  ) as { data: string };
  const envelope = JSON.parse(claims.data) as { data: string };
  return { ...claims, data: { ...envelope, data: JSON.parse(envelope.data) as unknown } };
}

function tokenOf(claims: unknown): Buffer {
  const { data } = claims as { data?: unknown };
  const isNested = typeof data === 'object' && data !== null && 'data' in data;
  const signed = isNested
    ? { ...(claims as object), data: JSON.stringify({ ...data, data: JSON.stringify(data.data) }) }
    : (claims as object);
  return Buffer.from(signJwt(secretOf('wix'), signed));
}

const formOf = (value: unknown): string =>
  new URLSearchParams(
    Object.entries(value as object).map(([key, part]): [string, string] => [
      key,
      typeof part === 'string' ? part : JSON.stringify(part),
    ]),
  ).toString();

const multipartOf = (value: unknown): string =>
  `${Object.entries(value as object)
    .map(
      ([key, part]) =>
        `--X\r\nContent-Disposition: form-data; name="${key}"\r\n\r\n${typeof part === 'string' ? part : JSON.stringify(part)}\r\n`,
    )
    .join('')}--X--\r\n`;

/**
 * Ways to write a body down, with the header that names it. Not a form without one: `rules test` takes
 * the file of a form for what its platform would post.
 */
const WRITTEN: readonly ((value: unknown) => { body: Buffer; type?: string; encoding?: string })[] =
  [
    (value) => ({ body: Buffer.from(JSON.stringify(value)), type: 'application/json' }),
    (value) => ({ body: Buffer.from(JSON.stringify(value)) }),
    (value) => ({ body: Buffer.from(JSON.stringify(value)), type: 'text/plain' }),
    (value) => ({ body: Buffer.from(`\uFEFF${JSON.stringify(value)}`), type: 'application/json' }),
    (value) => ({ body: Buffer.from(`[${JSON.stringify(value)}]`), type: 'application/json' }),
    (value) => ({ body: Buffer.from(`[${JSON.stringify(value)}]`) }),
    (value) => ({ body: Buffer.from(`[${JSON.stringify(value)},{}]`) }),
    (value) => ({ body: Buffer.from(`x${JSON.stringify(value)}`) }),
    (value) => ({ body: Buffer.from(JSON.stringify(JSON.stringify(value))) }),
    (value) => ({ body: Buffer.from(formOf(value)), type: 'application/x-www-form-urlencoded' }),
    (value) => ({ body: Buffer.from(formOf(value)), type: 'application/json' }),
    (value) => ({ body: Buffer.from(multipartOf(value)), type: 'multipart/form-data; boundary=X' }),
    (value) => ({ body: Buffer.from(multipartOf(value)) }),
    (value) => ({ body: Buffer.from(JSON.stringify(value), 'latin1'), type: 'application/json' }),
    (value) => ({ body: Buffer.from(JSON.stringify(value), 'utf16le'), type: 'application/json' }),
    (value) => ({
      body: gzipSync(JSON.stringify(value)),
      type: 'application/json',
      encoding: 'gzip',
    }),
    () => ({ body: Buffer.alloc(0) }),
  ];

const mutation = fc
  .record({
    sample: fc.constantFrom(...SAMPLES),
    changes: fc.array(fc.record({ at: fc.nat(), to: fc.option(strange, { nil: undefined }) }), {
      maxLength: 3,
    }),
    write: fc.oneof(fc.constant(WRITTEN[0]), fc.constantFrom(...WRITTEN)),
  })
  .map(({ sample, changes, write }): Request => {
    const { source, headers } = sample;
    let value: unknown =
      source === 'wix' ? claimsIn(sample.body) : JSON.parse(sample.body.toString());
    for (const { at, to } of changes) {
      // The claims around the event are under Wix's own check.
      const paths = pathsIn(value).filter(
        ([first, next]) => source !== 'wix' || (first === 'data' && next),
      );
      if (paths.length > 0) value = changed(value, paths[at % paths.length] ?? [], to);
    }
    if (source === 'wix') return { source, headers, body: tokenOf(value) };
    const { body, type, encoding } = (write ?? WRITTEN[0])?.(value) ?? { body: sample.body };
    // Theirs is the signature of a text.
    const isText = source === 'stripe' || source === 'standard-webhooks';
    if (isText && !isUtf8(body)) return sample;
    const { 'content-type': _, ...others } = headers;
    return signed({
      source,
      headers: {
        ...others,
        ...(type && { 'content-type': type }),
        ...(encoding && { 'content-encoding': encoding }),
      },
      body,
    });
  });

test('`rules test` and the receiver agree on every sample', async () => {
  expect(SAMPLES.length).toBeGreaterThan(40);
  expect(await outcomes(SAMPLES)).toEqual([]);
});

test(`they agree on ${MUTATIONS} mutations of the samples`, async () => {
  const seed = Number(process.env.AGREEMENT_SEED ?? 20_261_128);
  const requests = fc.sample(mutation, { numRuns: MUTATIONS, seed });
  const differences = await outcomes(requests);
  expect({ seed, differences: differences.length, first: differences.slice(0, 5) }).toEqual({
    seed,
    differences: 0,
    first: [],
  });
});
