import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AnswerOwn } from '../gateway.ts';

/** What answers the requests of the page. */
export type PageHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

const LOOPBACK = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d*)?$/i;
/**
 * What proxies and tunnels add. A tunnel may send the name of this machine as `Host` (docs/local.md), and whoever comes
 * through one is not on this machine.
 */
const FORWARDED = /^(?:forwarded|x-forwarded-.+|x-real-ip|via|cf-.+|cdn-loop|ngrok-.+)$/;

/** Whether a request comes from this machine itself, as far as it says. The guard of the server keeps other web pages out. */
export const isFromHere = ({ headers }: Pick<IncomingMessage, 'headers'>): boolean =>
  LOOPBACK.test(headers.host ?? '') && !Object.keys(headers).some((name) => FORWARDED.test(name));

const isOfPage = (path: string): boolean => path === '/' || path.startsWith('/_earmark/');

/**
 * Answers `/` and `/_earmark/…` to this machine alone; to others there is nothing there.
 * @param open loads the page; called when it is first asked for
 */
export function createFront(open: () => Promise<PageHandler>): AnswerOwn {
  let opened: Promise<PageHandler> | undefined;
  return (request, response) => {
    const path = (request.url ?? '/').replace(/\?.*$/s, '');
    if (!isOfPage(path) || !isFromHere(request)) return false;
    opened ??= open();
    opened
      .then((handle) => handle(request, response))
      .catch((error: Error) => {
        opened = undefined;
        if (response.headersSent) response.destroy();
        else {
          const body = JSON.stringify({ message: error.message });
          response.writeHead(500, { 'content-type': 'application/json' }).end(body);
        }
      });
    return true;
  };
}
