import type { Exchange } from '../peers.ts';

/** One HTTP call, to be made again. */
export interface ReplayedCall {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** The place in the list of the call whose answer this one needs. */
  readonly after?: number;
}

/** Set by the caller. A client adds the others by itself. */
const CHOSEN_HEADERS = /^(authorization|wix-site-id|content-type|x-amz-.*)$/;
const SEARCH = '/contacts/v4/contacts/query';
const LABELLING = /^\/contacts\/v4\/contacts\/([^/]+)\/labels$/;

/**
 * The calls of a batch, in the order they came. Labelling a contact that was searched for needs the answer of
 * that search; no other call needs another.
 */
export function replayOf(exchanges: readonly Exchange[], url: string): readonly ReplayedCall[] {
  return exchanges.map(({ request: { url: path, method, headers, body } }) => {
    const contactId = LABELLING.exec(path)?.[1];
    const after = exchanges.findIndex(
      ({ request, answer }) =>
        contactId !== undefined && request.url === SEARCH && answer.body.includes(contactId),
    );
    const chosen = Object.entries(headers).filter(([name]) => CHOSEN_HEADERS.test(name));
    return {
      url: url + path,
      method,
      headers: Object.fromEntries(chosen),
      body: body === '' ? null : body,
      ...(after >= 0 && { after }),
    };
  });
}
