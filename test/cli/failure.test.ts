import { expect, test } from '@jest/globals';
import { CliFailure } from '../../cli/kit/failure.ts';
import { toFailure } from '../../cli/kit/to-failure.ts';
import { SettingsError } from '../../lib/runtime/settings.ts';
import { WixError } from '../../lib/wix/calls/failure.ts';
import { FileError } from '../../lib/yaml/problem.ts';

const aws = (name: string) => Object.assign(new Error('Not you.'), { name, $metadata: {} });
const system = (code: string) =>
  Object.assign(new Error(`${code}: no such file, open 'a.csv'`), { code });

test.each([
  ['a failure of the command', new CliFailure('No such rule.', 2), 2, /^No such rule\.$/],
  ['settings', new SettingsError(['WIX_API_KEY is not set.']), 1, /WIX_API_KEY is not set\.$/],
  [
    'rules',
    new FileError([{ file: 'rules.yml', line: 2, column: 5, message: 'no name' }]),
    1,
    /^rules\.yml:2:5: no name$/,
  ],
  [
    'Wix',
    new WixError({ operation: 'queryLabels', kind: 'answer', status: 403, requestId: 'r-1' }),
    3,
    /queryLabels: 403 \(Wix request r-1\)\n.*earmark doctor/,
  ],
  ['AWS', aws('AccessDenied'), 3, /AccessDenied: Not you\.\nYour AWS credentials do not allow it/],
  ['AWS, signed out', aws('ExpiredTokenException'), 3, /\nSign in to AWS again/],
  ['AWS, elsewhere', aws('ValidationError'), 3, /\nCheck --stage, --region and the network/],
  ['a refused connection', system('ECONNREFUSED'), 3, /nothing listens there/],
  ['a file', system('ENOENT'), 1, /^ENOENT: no such file, open 'a\.csv'$/],
  [
    'what nobody foresaw',
    new TypeError('x is not a function'),
    1,
    /please report it\.\nTypeError: x is not.*\n +at /,
  ],
])('%s is reported in words, with a code', (_, error, exitCode, message) => {
  const described = toFailure(error);
  expect(described.exitCode).toBe(exitCode);
  expect(described.message).toMatch(message);
});
