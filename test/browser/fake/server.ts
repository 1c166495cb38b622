import type { IncomingMessage, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { bundlePage, HTML } from '../../../engine/page/bundle.ts';
import { createStream } from '../../../engine/page/stream.ts';
import type { StreamEvents, TryRequest } from '../../../page/api.ts';
import { listenOnLoopback } from '../../../simulators/loopback.ts';
import { WHY } from './why.ts';
import { createWorld } from './world.ts';

type Answer = readonly [status: number, body: unknown];
const DONE: Answer = [200, {}];
const done = (_: unknown): Answer => DONE;
const NONE: Answer = [404, { message: 'There is no such thing.' }];

/** Serves the page and a make-believe engine behind it, on a free port. */
export async function startFake(port = 0) {
  const { script, style } = await bundlePage();
  const changes = new Map<keyof StreamEvents, unknown>();
  const world = createWorld((key, data) => {
    const held = changes.get(key);
    const isMore = (key === 'flows' || key === 'contacts') && Array.isArray(held);
    if (isMore) held.push(...(data as readonly unknown[]));
    else changes.set(key, Array.isArray(data) ? [...data] : data);
  });
  // The engine's own: how it gathers what changed is part of what is tried.
  const readers = createStream({
    whole: (key) => world.whole()[key],
    changed: <K extends keyof StreamEvents>(key: K) => {
      const data = changes.get(key) as StreamEvents[K] | undefined;
      changes.delete(key);
      return data;
    },
  });

  function stream(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    readers.join(response);
  }

  const get: Record<string, (id: string, then: string) => Answer> = {
    engine: () => [200, world.info()],
    flows: (id) => found(world.detail(id)),
    contacts: (id) => found({ contact: world.contact(id), why: WHY }),
    samples: (source, type) => {
      const email = source === 'stripe' ? 'alan@example.com' : 'ada@example.com';
      const body = { id: 1001, email, total_price: '249.00', currency: 'USD' };
      return [200, { headers: { topic: type }, body: JSON.stringify(body) }];
    },
    rules: () => [200, { text: world.text(), before: String(world.text().length) }],
  };

  // biome-ignore lint/suspicious/noExplicitAny: each takes what its own request holds
  const post: Record<string, (body: any, id: string, deed: string) => Answer> = {
    send: (body) => {
      const { id } = world.send(body);
      return [200, { status: 200, body: '{"status":"queued"}', flowId: id }];
    },
    flows: (_, id) => done(world.again(id)),
    'dead-letters': (_, id, deed) => done(world.take(id, deed === 'replay')),
    presets: ({ name, isOn }) => done(world.setPreset(name, isOn)),
    rate: () => DONE,
    clock: ({ to }) => done(world.moveTo(to)),
    rules: ({ text, flows }: TryRequest) => [200, world.tryRules(text, flows)],
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, base, what = '', id = '', then = ''] = (request.url ?? '')
      .split('/')
      .map(decodeURIComponent);
    if (base !== '_earmark') return send(response, 200, 'text/html', HTML);
    if (what === 'page.js') return send(response, 200, 'text/javascript', script);
    if (what === 'page.css') return send(response, 200, 'text/css', style);
    if (what === 'stream') return stream(response);
    const body = request.method === 'GET' ? undefined : await json(request);
    if (request.method === 'PUT') world.save((body as { readonly text: string }).text);
    const [status, value] =
      request.method === 'GET'
        ? (get[what]?.(id, then) ?? NONE)
        : request.method === 'PUT'
          ? DONE
          : (post[what]?.(body, id, then) ?? NONE);
    send(response, status, 'application/json', JSON.stringify(value));
  }

  const server = await listenOnLoopback(answer, { port });
  return { ...server, world };
}

const found = (value: unknown): Answer => (value === undefined ? NONE : [200, value]);

function send(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { 'content-type': `${type}; charset=utf-8` }).end(text);
}
