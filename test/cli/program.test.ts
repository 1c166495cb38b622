import { expect, jest, test } from '@jest/globals';
import { earmark } from '../support/earmark.ts';

jest.setTimeout(60_000);

test('help goes to the output, and ends well', async () => {
  // Act
  const { code, out, err } = await earmark(['--help']);

  // Assess
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^Usage: earmark /);
});
