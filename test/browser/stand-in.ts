import type { IncomingMessage, ServerResponse } from 'node:http';
import { bundlePage, HTML } from '../../engine/page/bundle.ts';
import { createStream } from '../../engine/page/stream.ts';
import type { EngineInfo, Flow, StreamEvents } from '../../page/api.ts';
import { listenOnLoopback } from '../../simulators/loopback.ts';

const RULES = {
  hash: 'abc',
  since: Date.now(),
  rules: ['big spenders'],
  standing: [],
  problems: [],
  refusal: undefined,
  isInForce: true,
};

/**
 * What streams more events to the page than an engine handles in the time of a test, by the engine's own stream: how
 * that gathers what changed is part of what is tried.
 */
export async function startStandIn() {
  const { script, style } = await bundlePage();
  const flows: Flow[] = [];
  let changed: Flow[] = [];
  const whole = (): StreamEvents => ({
    flows: flows.slice(-1_000),
    contacts: [],
    deadLetters: [],
    rules: RULES,
    presets: [],
    rate: 0,
    clock: { now: Date.now(), aheadMs: 0 },
    breaker: { openUntil: undefined, reason: undefined },
    figures: [],
  });
  const stream = createStream({
    whole: (key) => whole()[key],
    changed<K extends keyof StreamEvents>(key: K) {
      if (key !== 'flows' || changed.length === 0) return undefined;
      const sent = changed;
      changed = [];
      return sent as unknown as StreamEvents[K];
    },
  });
  const info: EngineInfo = {
    url: 'http://127.0.0.1:3000',
    isSimulated: true,
    rulesFile: 'rules.yml',
    now: Date.now(),
    sources: [{ name: 'shopify', samples: ['order.paid'], canSign: true }],
    rules: RULES,
    presets: [],
    hasHistories: false,
  };
  const answers: Readonly<Record<string, readonly [type: string, text: string]>> = {
    '/': ['text/html', HTML],
    '/_earmark/page.js': ['text/javascript', script],
    '/_earmark/page.css': ['text/css', style],
    '/_earmark/engine': ['application/json', JSON.stringify(info)],
    '/_earmark/samples/shopify/order.paid': ['application/json', '{"headers":{},"body":"{}"}'],
  };

  function answer({ url = '' }: IncomingMessage, response: ServerResponse): void {
    if (url === '/_earmark/stream') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      stream.join(response);
      return;
    }
    const [type, text] = answers[url] ?? ['application/json', '{}'];
    response.writeHead(200, { 'content-type': `${type}; charset=utf-8` }).end(text);
  }

  const server = await listenOnLoopback(answer, { port: 0 });
  return {
    ...server,
    /** So many deliveries at once, each of which changes twice. @returns the id of the last */
    flood(many: number): string {
      for (let i = 0; i < many; i += 1) {
        const flow = flowNumber(flows.length);
        flows.push(flow);
        changed.push({ ...flow, state: 'received', add: [], tries: 0 }, flow);
      }
      return flows.at(-1)?.id ?? '';
    },
  };
}

const flowNumber = (number: number): Flow => ({
  id: `flow-${number}`,
  at: Date.now(),
  source: number % 3 === 0 ? 'stripe' : 'shopify',
  type: 'order.paid',
  person: `visitor-${number % 100}@example.com`,
  contactId: `contact-${number % 100}`,
  rules: ['big spenders'],
  add: ['VIP'],
  remove: [],
  state: 'labelled',
  reason: undefined,
  nextTryAt: undefined,
  tries: 1,
});
