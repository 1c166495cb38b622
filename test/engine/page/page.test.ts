import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openEngine } from '../../../cli/kit/engine-target.ts';
import { type Engine, startEngine } from '../../../engine/engine.ts';
import { watchForPage } from '../../../engine/page/watch-for-page.ts';
import { readLocalSettings } from '../../../engine/settings.ts';
import { openState } from '../../../engine/state.ts';
import { running } from '../../../engine/take-over.ts';
import { readProjectRules } from '../../../lib/rules/authoring/beside.ts';
import type {
  ContactDetail,
  EngineInfo,
  Flow,
  FlowDetail,
  RulesText,
  Sample,
  Sent,
  StreamEvents,
  Tried,
} from '../../../page/api.ts';
import { SHOP_RULES } from '../../../samples/shop.ts';
import { type Build, buildAll } from '../../support/local-engine.ts';
import { recordLog, recordSecrets } from '../../support/log-watch/record.ts';
import { until } from '../../support/until.ts';

let build: Build;
let folder: string;
let rulesPath: string;
let engine: Engine;
const stop = new AbortController();

/** What the stream has said so far, as a page would hold it. */
const seen = {
  flows: new Map<string, Flow>(),
  contacts: new Map<string, StreamEvents['contacts'][number]>(),
  last: {} as Partial<StreamEvents>,
};

beforeAll(async () => {
  build = await buildAll();
  folder = await mkdtemp(join(tmpdir(), 'earmark-page-'));
  rulesPath = join(folder, 'rules.yml');
  await copyFile(SHOP_RULES, rulesPath);
  const settings = readLocalSettings({ PORT: '0', WIX_SIMULATOR_PORT: '0' });
  recordSecrets(Object.values(settings.signingSecrets));
  const statePath = join(folder, 'engine.json');
  const state = await openState(statePath, () => {});
  const inForce = { settings, rules: running(readProjectRules(rulesPath), Date.now()) };
  const page = watchForPage({
    inForce,
    keep: () => new Map(),
    rulesPath,
    openTarget: () => openEngine({ EARMARK_STATE: statePath }),
  });
  engine = await startEngine({
    ...page.options,
    bundles: build.bundles,
    template: build.template,
    settings,
    onLine(name, line) {
      recordLog(line);
      state.log(name, line);
      page.onLine(name, line);
    },
  });
  page.begin(engine);
  await state.write(engine, settings);
  void follow();
}, 120_000);

afterAll(async () => {
  stop.abort();
  await engine?.stop();
  await rm(folder, { recursive: true, force: true });
  await build?.remove();
});

/** Reads the stream as a browser does. */
async function follow(): Promise<void> {
  const { body } = await fetch(`${engine.url}/_earmark/stream`, { signal: stop.signal });
  let begun = '';
  try {
    for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const messages = (begun + chunk).split('\n\n');
      begun = messages.pop() ?? '';
      for (const message of messages) hear(message);
    }
  } catch {}
}

function hear(message: string): void {
  const [, key = '', data = 'null'] = /^event: (\w+)\ndata: (.*)$/.exec(message) ?? [];
  const value = JSON.parse(data);
  if (key === 'flows') for (const flow of value) seen.flows.set(flow.id, flow);
  if (key === 'contacts') for (const one of value) seen.contacts.set(one.id, one);
  if (key) Object.assign(seen.last, { [key]: value });
}

async function ask<T>(route: string, body?: unknown): Promise<T> {
  const [method = '', path] = route.split(' ');
  const response = await fetch(`${engine.url}/_earmark/${path}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as { message?: string };
  if (!response.ok) throw new Error(`${response.status} ${answer.message}`);
  return answer as T;
}

/** Sends a sample of Shopify about somebody, and gives its flow. */
async function send(type: string, email: string, changes: object = {}): Promise<string> {
  const { headers, body } = await ask<Sample>(`GET samples/shopify/${type}`);
  const written = { ...JSON.parse(body), email, phone: '', ...changes };
  const customer = { ...written.customer, email };
  const sent = await ask<Sent>('POST send', {
    ...{ source: 'shopify', type, headers },
    body: JSON.stringify({ ...written, customer }),
    contact: email,
  });
  expect([sent.status, sent.flowId]).toEqual([200, expect.any(String)]);
  return sent.flowId ?? '';
}

const flowIn = (id: string, state: Flow['state']): Promise<Flow> =>
  until(() => {
    const flow = seen.flows.get(id);
    return flow?.state === state && flow;
  });

const contactOf = (email: string) => [...seen.contacts.values()].find((one) => one.email === email);

test('the page is served to this machine alone', async () => {
  const page = await fetch(engine.url);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(await page.text()).toContain('/_earmark/page.js');
  const forwarded = { headers: { 'x-forwarded-for': '203.0.113.9' } };
  expect((await fetch(engine.url, forwarded)).status).toBe(404);
  expect((await fetch(`${engine.url}/_earmark/engine`, forwarded)).status).toBe(404);
  const statusFor = (headers: Record<string, string>) =>
    new Promise((resolve) => {
      httpRequest(`${engine.url}/_earmark/engine`, { headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).end();
    });
  expect(await statusFor({ host: 'evil.example' })).toBe(403);
  expect(await statusFor({ origin: 'https://evil.example' })).toBe(403);
  expect(await statusFor({ 'sec-fetch-site': 'cross-site' })).toBe(403);
  expect(await statusFor({})).toBe(200);
});

test('what the engine is', async () => {
  const info = await ask<EngineInfo>('GET engine');
  expect(info).toMatchObject({ url: engine.url, isSimulated: true, hasHistories: false });
  expect(info.rules).toMatchObject({
    rules: ['customers', 'big spenders', 'refunds'],
    standing: [],
    problems: [],
  });
  expect(info.sources.find(({ name }) => name === 'paypal')?.canSign).toBe(false);
});

test('a purchase becomes labels, and everything of it is there', async () => {
  const id = await send('order.paid', 'ada@example.com');
  const flow = await flowIn(id, 'labelled');
  expect(flow).toMatchObject({
    ...{ source: 'shopify', type: 'order.paid', person: 'ada@example.com', tries: 1 },
    ...{ rules: ['customers', 'big spenders'], add: ['Customer', 'VIP'], remove: [] },
  });
  expect(
    await until(() => contactOf('ada@example.com')?.labels.length && contactOf('ada@example.com')),
  ).toMatchObject({
    labels: ['Customer', 'VIP'],
    added: ['Customer', 'VIP'],
    removed: [],
    isGone: false,
  });
  const detail = await ask<FlowDetail>(`GET flows/${id}`);
  expect(detail.request?.path).toBe('/webhooks/shopify');
  expect(detail.answer).toMatchObject({ status: 200 });
  expect(detail.events).toMatchObject([{ type: 'order.paid' }]);
  expect(detail.rules.map(({ rule, matched, why }) => [rule, matched, why])).toEqual([
    ['customers', true, undefined],
    ['big spenders', true, undefined],
    ['refunds', false, 'listens to order.refunded, and this is order.paid'],
  ]);
  expect(detail.tries[0]?.calls.map(({ operation, status }) => [operation, status])).toEqual(
    expect.arrayContaining([
      ['queryContacts', 200],
      ['findOrCreateLabel', 200],
      ['labelContact', 200],
    ]),
  );
  expect(detail.log).toMatchObject([{ message: 'delivery' }, { message: 'job' }]);
  const { contact, why } = await ask<ContactDetail>(`GET contacts/${flow.contactId}`);
  expect([contact.email, why]).toEqual(['ada@example.com', undefined]);
});

test('a delivery can be sent again', async () => {
  const id = await send('order.paid', 'grace@example.com');
  const again = await ask<Sent>(`POST flows/${id}/send-again`);
  expect(again.flowId).not.toBe(id);
  expect(await flowIn(again.flowId ?? '', 'unchanged')).toMatchObject({
    person: 'grace@example.com',
  });
});

test('a form can be sent again', async () => {
  const [source, type] = ['elementor', 'form.submitted'];
  const { headers, body } = await ask<Sample>(`GET samples/${source}/${type}`);
  const sent = await ask<Sent>('POST send', { source, type, headers, body });
  expect(sent).toMatchObject({ status: 200, flowId: expect.any(String) });
  expect(await ask(`POST flows/${sent.flowId}/send-again`)).toMatchObject({ status: 200 });
});

test('what is refused is a flow as well', async () => {
  await fetch(`${engine.url}/webhooks/custom`, { method: 'POST', body: '{}' });
  const refused = await until(() =>
    [...seen.flows.values()].find(
      ({ source, state }) => source === 'custom' && state === 'refused',
    ),
  );
  const { request, answer } = await ask<FlowDetail>(`GET flows/${refused.id}`);
  expect([request?.body, answer?.status]).toEqual(['{}', 401]);
});

test('while Wix is down a job waits, and it lands when Wix is there again', async () => {
  await ask('POST presets', { name: 'down', isOn: true });
  const id = await send('order.paid', 'alan@example.com');
  const waiting = await flowIn(id, 'waiting');
  expect(waiting).toMatchObject({ reason: 'Wix did not answer as it should' });
  expect(waiting.nextTryAt).toBeGreaterThan(waiting.at);
  const { job, tries } = await ask<FlowDetail>(`GET flows/${id}`);
  expect(job).toMatchObject({ body: { id } });
  expect(tries[0]?.calls.at(-1)?.status).toBe(503);
  await until(() => seen.last.presets?.find(({ name }) => name === 'down')?.isOn);
  await ask('POST presets', { name: 'down', isOn: false });
  expect((await flowIn(id, 'labelled')).tries).toBeGreaterThan(1);
}, 120_000);

test('a full site makes a dead letter, which is replayed when there is room', async () => {
  for (const { key, labelType } of engine.wix?.simulator.labels() ?? []) {
    if (labelType === 'USER_DEFINED') engine.wix?.simulator.deleteLabel(key);
  }
  await ask('POST presets', { name: 'full', isOn: true });
  const id = await send('order.paid', 'edsger@example.com');
  expect(await flowIn(id, 'dead-letter')).toMatchObject({
    reason: 'the site has no room for another label',
  });
  const letters = await until(() => seen.last.deadLetters?.length && seen.last.deadLetters);
  expect(letters).toMatchObject([
    { flowId: id, reason: 'labels-quota-reached', person: 'edsger@example.com' },
  ]);
  expect(letters[0]?.remedy).toContain('delete some');
  await ask('POST presets', { name: 'full', isOn: false });
  // The worker asks for no label of the site for ten minutes.
  await ask('POST clock', { to: engine.clock.now() + 11 * 60_000 });
  await until(() => (seen.last.clock?.aheadMs ?? 0) > 10 * 60_000);
  await ask(`POST dead-letters/${letters[0]?.id}/replay`);
  await flowIn(id, 'labelled');
  await until(() => seen.last.deadLetters?.length === 0);
  await expect(ask(`POST dead-letters/${letters[0]?.id}/drop`)).rejects.toThrow('404');
}, 120_000);

test('rules are tried beside kept deliveries, and saved when asked', async () => {
  const id = await send('order.paid', 'margaret@example.com');
  const { text, before } = await ask<RulesText>('GET rules');
  const wrong = text.replace('on: order.refunded', 'on: order.refundd');
  const { problems } = await ask<Tried>('POST rules/try', { text: wrong, flows: [id] });
  const line = wrong.split('\n').findIndex((one) => one.includes('refundd')) + 1;
  expect(problems).toMatchObject([{ level: 'error', line, column: expect.any(Number) }]);
  const other = text.replace('>= 200.0', '>= 1000.0');
  const { results } = await ask<Tried>('POST rules/try', { text: other, flows: [id] });
  expect(results).toMatchObject([{ flowId: id, add: ['Customer'], remove: [], isOther: true }]);
  const same = await ask<Tried>('POST rules/try', { text: `${text}# no news\n`, flows: [id] });
  expect(same.results).toMatchObject([{ add: ['Customer', 'VIP'], isOther: false }]);
  expect(results[0]?.rules[1]).toMatchObject({
    matched: false,
    why: expect.stringContaining('is false'),
  });
  expect(await readFile(rulesPath, 'utf8')).toBe(text);
  expect(await ask('GET engine')).toMatchObject({ rules: { isInForce: true, problems: [] } });
  expect(await ask('PUT rules', { text: wrong, before })).toMatchObject({ isInForce: false });
  expect(await readFile(rulesPath, 'utf8')).toBe(wrong);
  await expect(ask('PUT rules', { text, before })).rejects.toThrow('409');
  expect(await until(() => seen.last.rules?.problems.length && seen.last.rules)).toMatchObject({
    rules: ['customers', 'big spenders', 'refunds'],
    problems: [{ level: 'error', line }],
  });
});

test('the ends of lines of rules.yml stay as they are', async () => {
  const lines = 'rules:\n  - { name: a, on: order.paid, add: [A] }\n';
  await writeFile(rulesPath, lines.replaceAll('\n', '\r\n'));
  const { text, before } = await ask<RulesText>('GET rules');
  expect(text).toBe(lines);
  await ask('PUT rules', { text: `${text}# more\n`, before });
  expect(await readFile(rulesPath, 'utf8')).toBe(`${lines}# more\n`.replaceAll('\n', '\r\n'));
});

test('samples come at a rate, until it is 0', async () => {
  const flows = seen.flows.size;
  await ask('POST rate', { perMinute: 1_200 });
  await until(() => seen.flows.size > flows + 5);
  expect(seen.last.rate).toBe(1_200);
  await ask('POST rate', { perMinute: 0 });
  const figures = await until(() => seen.last.figures?.at(-1));
  expect(figures.received).toBeGreaterThan(0);
});

test.each([
  ['GET flows/none', '404'],
  ['GET nothing', '404'],
  ['GET samples/shopify/booking.created', '404 shopify sends no booking.created.'],
  ['POST presets', '400'],
  ['POST dead-letters/none/replay', '404'],
])('%s is answered %s', async (route, answer) => {
  await expect(ask(route, route.startsWith('POST') ? {} : undefined)).rejects.toThrow(answer);
});
