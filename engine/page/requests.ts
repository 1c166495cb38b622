import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import * as z from 'zod/mini';
import { CliFailure } from '../../cli/kit/failure.ts';
import { parseJson } from '../../lib/runtime/json.ts';
import { pathPattern } from '../../simulators/path-pattern.ts';
import { bundlePage, HTML, type PageBundle } from './bundle.ts';
import type { PageHandler } from './front.ts';
import { createPage, type Page, type PageOptions } from './page.ts';
import { Refusal } from './refusal.ts';

const MOST_BODY_BYTES = 4 * 1024 * 1024;

const written = z.string();
const Send = z.object({
  type: written,
  source: written,
  headers: z.record(written, written),
  body: written,
  contact: z.optional(written),
});
const Preset = z.object({ name: written, isOn: z.boolean() });
const Rate = z.object({ perMinute: z.number().check(z.nonnegative()) });
const Clock = z.object({ to: z.number() });
const RulesText = z.object({ text: written, before: written });
const Try = z.object({ text: written, flows: z.array(written) });

interface Asked {
  /** The `{…}` of the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** The body, checked. @throws Refusal */
  read<T extends z.core.$ZodType>(schema: T): Promise<z.infer<T>>;
}

type Answer = (page: Page, asked: Asked) => unknown;

const param = ({ params }: Asked, name: string): string => params[name] ?? '';

/** What page/api.ts says. */
const ANSWERS: Readonly<Record<string, Answer>> = {
  'GET /_earmark/engine': (page) => page.info(),
  'GET /_earmark/flows/{id}': (page, asked) => page.detailOf(param(asked, 'id')),
  'POST /_earmark/flows/{id}/send-again': (page, asked) => page.sendAgain(param(asked, 'id')),
  'GET /_earmark/contacts/{id}': (page, asked) => page.contact(param(asked, 'id')),
  'GET /_earmark/samples/{source}/{type}': (page, asked) =>
    page.sample(param(asked, 'source'), param(asked, 'type')),
  'POST /_earmark/send': async (page, { read }) => page.send(await read(Send)),
  'POST /_earmark/dead-letters/{id}/replay': (page, asked) => page.replay(param(asked, 'id')),
  'POST /_earmark/dead-letters/{id}/drop': (page, asked) => page.drop(param(asked, 'id')),
  'POST /_earmark/presets': async (page, { read }) => {
    const { name, isOn } = await read(Preset);
    await page.preset(name, isOn);
  },
  'POST /_earmark/rate': async (page, { read }) => page.rate((await read(Rate)).perMinute),
  'POST /_earmark/clock': async (page, { read }) => page.moveClock((await read(Clock)).to),
  'GET /_earmark/rules': (page) => page.rulesText(),
  'PUT /_earmark/rules': async (page, { read }) => page.saveRules(await read(RulesText)),
  'POST /_earmark/rules/try': async (page, { read }) => page.tryRules(await read(Try)),
};

const ROUTES = Object.entries(ANSWERS).map(
  ([route, answer]) => [pathPattern(route), answer] as const,
);

const JSON_TYPE = { 'content-type': 'application/json', 'cache-control': 'no-store' };
/** Nothing from outside, and in no frame. The editor writes its styles into the page. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Opens the page of an engine: it answers `/` and all below `/_earmark/`. */
export function openPage(options: PageOptions): PageHandler {
  const page = createPage(options);
  let bundle: Promise<PageBundle> | undefined;
  const bundled = (): Promise<PageBundle> => {
    bundle ??= bundlePage().catch((error: unknown) => {
      bundle = undefined;
      throw error;
    });
    return bundle;
  };

  return async (request, response) => {
    const path = (request.url ?? '/').replace(/\?.*$/s, '');
    const route = `${request.method} ${path}`;
    const asset = (type: string, body: string): void => {
      const headers = { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-store' };
      response.writeHead(200, { ...headers, 'content-security-policy': POLICY }).end(body);
    };
    switch (route) {
      case 'GET /':
        return asset('text/html', HTML);
      case 'GET /_earmark/page.js':
        return asset('text/javascript', (await bundled()).script);
      case 'GET /_earmark/page.css':
        return asset('text/css', (await bundled()).style);
      case 'GET /_earmark/stream':
        response.writeHead(200, {
          'content-type': 'text/event-stream',
          'cache-control': 'no-store',
        });
        return page.stream(response);
      default:
        return answerJson(page, route, request, response);
    }
  };
}

async function answerJson(
  page: Page,
  route: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { status, body } = await answerOf(page, route, request);
  response.writeHead(status, JSON_TYPE).end(JSON.stringify(body));
}

async function answerOf(page: Page, route: string, request: IncomingMessage) {
  try {
    for (const [match, answer] of ROUTES) {
      const params = match(route);
      if (!params) continue;
      const read = async <T extends z.core.$ZodType>(schema: T) => readBody(request, schema);
      return { status: 200, body: (await answer(page, { params, read })) ?? {} };
    }
    throw new Refusal(404, `There is no ${route} here.`);
  } catch (error) {
    return { status: statusOf(error), body: { message: (error as Error).message } };
  }
}

function statusOf(error: unknown): number {
  if (error instanceof Refusal) return error.status;
  // What a command would say to whoever gave it.
  return error instanceof CliFailure || error instanceof RangeError ? 409 : 500;
}

async function readBody<T extends z.core.$ZodType>(
  request: IncomingMessage,
  schema: T,
): Promise<z.infer<T>> {
  if (Number(request.headers['content-length'] ?? 0) > MOST_BODY_BYTES) {
    throw new Refusal(413, 'That is more than 4 MiB.');
  }
  const { data, error } = z.safeParse(schema, parseJson(await text(request)));
  if (error)
    throw new Refusal(400, `The request is not as page/api.ts says: ${z.prettifyError(error)}`);
  return data as z.infer<T>;
}
