import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** The names of this machine that lead to it alone. */
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

type Headers = IncomingMessage['headers'];

/**
 * Puts a guard before every request of a server of this machine, whatever its path: a web page that is open
 * in the developer's browser may reach it too. The page sends its `Origin`, or says by `Sec-Fetch-Site` that it
 * is another; one whose name was made to lead here (DNS rebinding) sends that name as `Host`.
 * https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site (checked 2026-11-28)
 *
 * @param tunnelHost a further name by which the server may be called
 */
export function guard(server: Server, tunnelHost?: string): void {
  const names = tunnelHost ? [...LOOPBACK, tunnelHost] : LOOPBACK;
  const handlers = server.listeners('request');
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const message = objection(request.headers, names);
    if (message) refuse(response, message);
    else for (const handle of handlers) handle.call(server, request, response);
  });
}

/** Why a request is not taken. */
function objection(headers: Headers, names: readonly string[]): string | undefined {
  const { host = '', origin, 'sec-fetch-site': site } = headers;
  if (!names.includes(host.replace(/:\d*$/, '').toLowerCase())) {
    return `Not for the host "${host}": this server answers to ${names.join(', ')}. docs/local.md is about tunnels.`;
  }
  if (origin !== undefined && URL.parse(origin)?.host !== host.toLowerCase()) {
    return `Not from "${origin}": web pages of other origins may not call this server.`;
  }
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    return `Not from a page that is "${site}": web pages of other origins may not call this server.`;
  }
  return undefined;
}

function refuse(response: ServerResponse, message: string): void {
  response.writeHead(403, { 'content-type': 'application/json' }).end(JSON.stringify({ message }));
}
