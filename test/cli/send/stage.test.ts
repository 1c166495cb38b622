import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { send } from '../../../cli/commands/send/run.ts';
import type { SendOptions } from '../../../cli/commands/send/send-plan.ts';
import type { CommandContext } from '../../../cli/kit/command.ts';
import type { Target } from '../../../cli/kit/target.ts';

const posted: string[] = [];
const server = createServer(async (request, response) => {
  posted.push(`${request.url} ${(await text(request)).slice(0, 1)}`);
  response.end('{"status":"queued","id":"x"}');
});
let url: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
});
afterEach(() => {
  posted.length = 0;
});

/** A command on a stage, with what it prints. */
function stage() {
  const out = new PassThrough();
  const target = {
    name: 'stage prod in eu-west-1',
    kind: 'stage',
    url,
    settings: async () => new Map(),
    signingSecret: async () => 'secret',
    logs: () => Promise.reject(new Error('It is not waited for: logs take seconds to get there.')),
    close: () => out.end(),
  } as unknown as Target;
  const context = {
    terminal: { out, err: new PassThrough(), signal: new AbortController().signal },
    openTarget: async () => target,
    folder: import.meta.dirname,
    now: Date.now,
  } as unknown as CommandContext;
  return { context, printed: text(out) };
}

const OPTIONS: SendOptions = { stage: 'prod', wait: 10, contact: true };

test('a stage gets the delivery, and the command says how to follow it there', async () => {
  const { context, printed } = stage();

  await send('custom', 'order.paid', { ...OPTIONS, email: 'kim@example.com' }, context);

  expect(posted).toEqual(['/webhooks/custom {']);
  expect(await printed).toMatch(
    /^Sent custom order\.paid about kim@example\.com to stage prod in eu-west-1\.\nEvent order\.paid:.*\nAnswered 200 queued\nFollow it: \.\/earmark explain order\.paid:[\w-]+ --stage prod\n$/,
  );
});

test('contacts of a stage are real: nothing is sent about nobody in particular', async () => {
  const { context } = stage();

  await expect(send('custom', 'order.paid', OPTIONS, context)).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining('with --email'),
  });
  expect(posted).toEqual([]);
});
