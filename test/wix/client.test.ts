import { describe, expect, test } from '@jest/globals';
import * as z from 'zod/mini';
import type { FetchInit } from '../../lib/runtime/fetch.ts';
import { createSend } from '../../lib/wix/calls/client.ts';
import { WixError } from '../../lib/wix/calls/failure.ts';
import { START } from '../support/jobs.ts';

const request = {
  operation: 'getContact',
  method: 'GET',
  path: '/x',
  answer: z.object({ ok: z.boolean() }),
} as const;

/** A client before a Wix that always answers so. */
function open(answer: () => Promise<Response>) {
  const sent: { url: unknown; init: FetchInit }[] = [];
  const timeouts: number[] = [];
  const send = createSend({
    baseUrl: 'https://wix.test/',
    now: () => START,
    fetch: async (url, init) => {
      sent.push({ url, init });
      return answer();
    },
    timeoutSignal: (ms) => {
      timeouts.push(ms);
      return new AbortController().signal;
    },
  });
  return { send, sent, timeouts };
}
const fine = async (): Promise<Response> => Response.json({ ok: true });

describe('a call', () => {
  test('is not begun when it could not be heard out', async () => {
    const { send, sent } = open(fine);
    await expect(send(request, {}, () => 7_999)).rejects.toMatchObject({
      failure: { operation: 'getContact', kind: 'deadline' },
    });
    expect(sent).toEqual([]);
    expect(await send(request, {}, () => 8_000)).toEqual({ ok: true });
    expect(sent.map(({ url }) => url)).toEqual(['https://wix.test/x']);
  });

  test('has eight seconds, follows no redirect, and says what it sends', async () => {
    const { send, sent, timeouts } = open(fine);
    await send({ ...request, method: 'POST', body: { a: 1 } }, { authorization: 'key' }, () => 9e9);
    await send(request, { authorization: 'key' }, () => 9e9);
    expect(timeouts).toEqual([8_000, 8_000]);
    expect(sent.map(({ init }) => init)).toMatchObject([
      {
        method: 'POST',
        redirect: 'manual',
        headers: { authorization: 'key', 'content-type': 'application/json' },
        body: '{"a":1}',
      },
      { method: 'GET', redirect: 'manual', headers: { authorization: 'key' } },
    ]);
    expect(sent[1]?.init).not.toHaveProperty('body');
    expect(sent[1]?.init?.headers).not.toHaveProperty('content-type');
  });
});

describe('an answer', () => {
  async function failureOf(answer: () => Promise<Response>): Promise<unknown> {
    const failed = await open(answer)
      .send(request, {}, () => 9e9)
      .catch((error: unknown) => error);
    return failed instanceof WixError ? failed.failure : failed;
  }

  test('that is a refusal is thrown with what is known of it', async () => {
    const headers = { 'x-wix-request-id': 'r-1', 'retry-after': '7' };
    const body = { details: { applicationError: { code: 'X' } } };
    expect(await failureOf(async () => Response.json(body, { status: 503, headers }))).toEqual({
      operation: 'getContact',
      kind: 'answer',
      status: 503,
      code: 'X',
      envelope: true,
      requestId: 'r-1',
      retryAfterMs: 7_000,
    });
  });

  test('that asks to wait for days is asked again after an hour', async () => {
    const headers = { 'retry-after': '9999999' };
    expect(await failureOf(async () => new Response('', { status: 429, headers }))).toEqual({
      operation: 'getContact',
      kind: 'answer',
      status: 429,
      envelope: false,
      retryAfterMs: 3_600_000,
    });
  });

  test('whose body cannot be read is judged by its status, unless that says that all is well', async () => {
    const unreadable = (status: number) => async (): Promise<Response> => {
      const response = new Response('', { status, headers: { 'retry-after': '7' } });
      const error = Object.assign(new Error(), { code: 'ANSWER_TOO_LARGE' });
      return Object.assign(response, { text: () => Promise.reject(error) });
    };
    expect(await failureOf(unreadable(429))).toMatchObject({ status: 429, retryAfterMs: 7_000 });
    expect(await failureOf(unreadable(200))).toEqual({
      operation: 'getContact',
      kind: 'network',
      networkCode: 'ANSWER_TOO_LARGE',
    });
  });

  test.each([
    ['no JSON', '<html>'],
    ['not what was asked for', '{"ok":"yes"}'],
  ])('of 200 that is %s is not understood', async (_name, body) => {
    expect(await failureOf(async () => new Response(body))).toEqual({
      operation: 'getContact',
      kind: 'unexpected-response',
      status: 200,
    });
  });

  test.each([
    ['in eight seconds', new DOMException('', 'TimeoutError'), { kind: 'timeout' }],
    [
      'from a Wix that is not there',
      Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }),
      { kind: 'network', networkCode: 'ECONNREFUSED' },
    ],
    ['at all', new Error('socket hang up'), { kind: 'network' }],
  ])('that does not come %s', async (_name, error, failure) => {
    const none = async (): Promise<never> => {
      throw error;
    };
    expect(await failureOf(none)).toEqual({ operation: 'getContact', ...failure });
  });
});
