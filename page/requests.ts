import type { Requests } from './api.ts';

/** Why the engine did not do what it was asked. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** @throws RequestError with the engine's words, or with status 0 where the engine is not there */
async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`/_earmark/${path}`, {
    method,
    ...(body !== undefined && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  }).catch(() => {
    throw new RequestError(0, 'The engine does not answer. Is `npm start` still running?');
  });
  const answer: unknown = await response.json().catch(() => ({}));
  if (response.ok) return answer as T;
  const { message } = answer as { readonly message?: unknown };
  throw new RequestError(
    response.status,
    String(message ?? `The engine answered ${response.status}.`),
  );
}

export const get = <T>(path: string): Promise<T> => ask('GET', path);
export const put = <T>(path: string, body: unknown): Promise<T> => ask('PUT', path, body);
export const post = <T>(path: string, body: unknown = {}): Promise<T> => ask('POST', path, body);

type PlainPath<K> = K extends `POST /_earmark/${infer Path}` ? Path : never;

/** One of the requests that answer nothing. */
export const command = <P extends 'presets' | 'rate' | 'clock'>(
  path: P & PlainPath<keyof Requests>,
  body: Requests[`POST /_earmark/${P}`],
): Promise<unknown> => post(path, body);

export const inPath = encodeURIComponent;

/** What went wrong, in words. */
export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
