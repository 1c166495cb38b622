import type { Exchange } from './site.ts';

/** One HTTP call, to be made again. */
export interface ReplayedCall {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** The place in the list of the call whose answer this one needs. */
  readonly after?: number;
}

/** What the caller chose; the rest a client adds by itself. */
const CHOSEN_HEADERS = /^(authorization|wix-site-id|content-type|x-amz-.*)$/;
const SEARCH = '/contacts/v4/contacts/query';
const LABELLING = /^\/contacts\/v4\/contacts\/([^/]+)\/labels$/;

/**
 * The calls of a batch, in the order they came. To label a contact that a search found, its answer was
 * needed; all other calls need nothing.
 */
export function replayOf(exchanges: readonly Exchange[], url: string): readonly ReplayedCall[] {
  return exchanges.map(({ request }) => {
    const { method, body } = request;
    const headers = Object.entries(request.headers).filter(([name]) => CHOSEN_HEADERS.test(name));
    const contactId = LABELLING.exec(request.url)?.[1];
    const after = exchanges.findIndex(
      (other) =>
        contactId !== undefined &&
        other.request.url === SEARCH &&
        other.answer.body.includes(contactId),
    );
    return {
      url: url + request.url,
      method,
      headers: Object.fromEntries(headers),
      body: body === '' ? null : body,
      ...(after >= 0 && { after }),
    };
  });
}
