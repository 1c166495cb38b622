import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { ask } from '../../cli/kit/ask.ts';
import { EXIT } from '../../cli/kit/failure.ts';

const INSTEAD = { unasked: 'say --yes', unanswered: 'Nothing was done.' };

/** Asks somebody who types these keys. */
function typed(keys: string, isTTY = true) {
  const screen = isTTY ? { screen: new PassThrough() } : {};
  const input = Object.assign(new PassThrough(), { isTTY });
  input.write(keys);
  return ask({ ...screen, signal: new AbortController().signal }, 'Sure? ', INSTEAD, input);
}

test('what was typed', async () => {
  expect(await typed(' yes \n')).toBe('yes');
});

test.each([
  ['Ctrl-C', '\u0003'],
  ['Ctrl-D', '\u0004'],
])('%s is no answer, and no fault of ours', async (_, key) => {
  await expect(typed(key)).rejects.toMatchObject({
    name: 'CliFailure',
    message: expect.stringContaining(INSTEAD.unanswered),
    exitCode: EXIT.interrupted,
  });
});

test('where nobody looks on nobody is asked', async () => {
  await expect(typed('yes\n', false)).rejects.toMatchObject({
    message: INSTEAD.unasked,
    exitCode: EXIT.usage,
  });
});
