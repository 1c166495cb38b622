import { inspect } from 'node:util';
import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  addLogFields,
  errorFields,
  log,
  setLogSink,
  withLogFields,
} from '../../lib/runtime/log.ts';
import { toJson } from '../../lib/runtime/log-line.ts';
import { maskAddresses } from '../../lib/runtime/mask.ts';

// Not to the search that follows the tests: these lines are not what functions write.
let written = '';
setLogSink((line) => {
  written += line;
});
beforeEach(() => {
  written = '';
});

/** The one line that `write` writes, read again. */
function lineOf(write: () => void): Record<string, unknown> {
  write();
  expect(written).toMatch(/^[^\n]*\n$/);
  return JSON.parse(written);
}

describe('an address is masked, and the line stays JSON', () => {
  const cases: readonly (readonly [text: string, masked: string])[] = [
    ['say "ada@example.com" q', 'say [e-mail] q'],
    ['Bought Gift for zoe@x.example"', 'Bought Gift for [e-mail]'],
    ['x@y"', '[e-mail]'],
    [`a@${'x'.repeat(254)}\\`, '[e-mail]'],
    [`q\n${'x'.repeat(63)}@b`, 'q\n[e-mail]'],
    ['to "zoe.pii"@victim.example!', 'to [e-mail]'],
    ['to "zoe pii"@victim.example', 'to [e-mail]'],
    [String.raw`to "zoe \"q\" pii\\"@victim.example`, 'to [e-mail]'],
    [String.raw`{"to": "\"zoe pii\"@victim.example"}`, '{"to": [e-mail]'],
    ['say "hello" to "zoe pii"@victim.example', 'say "hello" to [e-mail]'],
    ['\\"zoe pii"@victim.example', '[e-mail]'],
    ['zoe pii"@victim.example', 'zoe [e-mail]'],
    ['zoe.pii%40victim.example', '[e-mail]'],
    ['?to=zoe.pii%2540victim.example', '[e-mail]'],
    ['?to=zoe.pii%25252540victim.example', '[e-mail]'],
    ['zoe＠victim.example, ada﹫victim.example', '[e-mail] [e-mail]'],
    ['zoe&#64;victim.example zoe&#x0040;victim.example zoe&commat;x', '[e-mail] [e-mail] [e-mail]'],
    [String.raw`zoe\u0040victim.example`, '[e-mail]'],
    [`${'x'.repeat(65)}@victim.example`, '[e-mail]'],
    [`zoe@${'x'.repeat(300)}.example`, '[e-mail]'],
    ['zoe@a@b.example', '[e-mail]'],
    ['zoe@@b.example', '[e-mail]'],
    ['"a@b c"@d.example', '[e-mail][e-mail]'],
    ['zo\ufeffe@vic\u200btim.example', '[e-mail]'],
    ['order.paid:ada@example.com:1', '[e-mail]'],
    ['ada@example.com and bob@example.com.', '[e-mail] and [e-mail]'],
    ['cut off at zoe@', 'cut off at [e-mail]'],
    ['\n@victim.example', '\n[e-mail]'],
    ['\ud83d@victim.example', '[e-mail]'],
  ];

  test.each(cases)('%j', (text, masked) => {
    const line = lineOf(() =>
      withLogFields({ source: text }, () =>
        log.info('delivery', { eventId: text, [text]: 1, add: [text, { deep: { [text]: text } }] }),
      ),
    );
    expect(line).toMatchObject({ source: masked, eventId: masked, [masked]: 1 });
    expect(line.add).toEqual([masked, { deep: { [masked]: masked } }]);
  });

  test.each([
    'Meet @ noon',
    '@home',
    'Bought @home',
    '100% 40',
    '%4',
    'x &commat',
    '＠home',
    '"quoted"',
  ])('and what is none stays: %s', (text) => expect(maskAddresses(text)).toBe(text));

  test('in the name of an error, in a setting that is wrong, and where an error arose', () => {
    const error = Object.assign(new Error('no'), { name: 'of zoe@victim.example' });
    error.stack = 'Error: no\n    at of (/srv/zoe@victim.example/a.js:1:2)';
    expect(lineOf(() => log.error('exception', errorFields(error)))).toMatchObject({
      error: 'of [e-mail]',
      at: ['of [e-mail]'],
    });
  });

  test('each character is looked at once or twice, however many signs and quotes there are', () => {
    // A quadratic function takes hours.
    const n = 200_000;
    for (const text of ['"@', '\\"@', '\\', '%25', '&#0', '@', '"', '" @', 'a@ "']) {
      maskAddresses(`${text.repeat(n)}"@${'x'.repeat(n)}`);
    }
    maskAddresses(Array.from({ length: 1500 }, (_, i) => `${'\\'.repeat(i % 700)}"@`).join(''));
  });
});

describe('a message of an error is not logged', () => {
  test('not even where its lines look like frames', () => {
    const fields = errorFields(new Error('Body was:\n    at Ada Byron (+1:555:0001)\nfor all'));
    expect(inspect(fields)).not.toContain('Byron');
    expect(fields.at).toContainEqual(expect.stringContaining('log.test.ts:'));
  });

  test('nor that of its cause, nor what is thrown and no error', () => {
    const cause = new Error('Ada Byron');
    expect(inspect(errorFields(new Error('no', { cause })))).not.toContain('Byron');
    expect(errorFields('Ada Byron')).toEqual({ error: 'string' });
    expect(errorFields(Object.assign(new Error('x'), { stack: 1 }))).toEqual({
      error: 'Error',
      at: [],
    });
  });
});

describe('the line is always written, as one line of JSON', () => {
  const circle: Record<string, unknown> = { name: 'circle' };
  circle.self = [circle];
  const throws = () => {
    throw new Error('hostile');
  };
  const deep = JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`);
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();

  test.each<[string, unknown, unknown]>([
    ['a big integer', 10n, '10'],
    ['a circle', circle, { name: 'circle', self: ['[circular]'] }],
    ['a toJSON that throws', { toJSON: throws }, '[unreadable]'],
    ['a toJSON that gives another', [{ toJSON: () => ({ toJSON: () => 10n }) }, 10n], ['10', '10']],
    [
      'a getter that throws',
      Object.defineProperty({}, 'x', { get: throws, enumerable: true }),
      '[unreadable]',
    ],
    ['a toString that throws', { toString: throws, n: 10n }, { n: '10' }],
    ['a revoked proxy', revoked.proxy, '[unreadable]'],
    ['a text object', [new String('ada@example.com')], ['[e-mail]']],
    ['no number', [Number.NaN, Number.POSITIVE_INFINITY, 10n], [null, null, '10']],
    ['nothing', [undefined, null, Symbol('x'), throws, 10n], [null, null, null, null, '10']],
    ['a date', [new Date(0), 10n], ['1970-01-01T00:00:00.000Z', '10']],
    ['an error', [new Error('Ada Byron', { cause: 10n }), 10n], [{}, '10']],
    [
      'a prototype',
      JSON.parse('{"__proto__":{"a@b":1}}'),
      JSON.parse('{"__proto__":{"[e-mail]":1}}'),
    ],
    ['half a character', '\ud800 a@b', '\ud800 [e-mail]'],
  ])('%s', (_name, value, logged) => {
    expect(lineOf(() => log.info('job', { value })).value).toEqual(logged);
  });

  test('depth', () => {
    expect(lineOf(() => log.info('job', { deep }))).toMatchObject({ message: 'job' });
    expect(written).toContain('[too deep]');
  });

  test('fields that cannot be read', () => {
    const fields = Object.defineProperty({}, 'x', { get: throws, enumerable: true });
    expect(lineOf(() => log.error('job', fields))).toMatchObject({ fields: '[unreadable]' });
  });

  test('a long text is cut, so that CloudWatch need not cut the line', () => {
    const line = lineOf(() => log.info('job', { reason: 'x'.repeat(300_000) }));
    expect(line.reason).toBe(`${'x'.repeat(2_000)}…`);
  });

  test('what ends a line for some readers, or acts on a terminal, is escaped', () => {
    const text = 'a\u2028b\u2029c\u0085d\u009be\u202ef\ng\u001b';
    expect(lineOf(() => log.info('job', { topic: text })).topic).toBe(text);
    expect(written).toMatch(/^[\x20-\x7e]*\n$/);
    expect(toJson({ topic: text })).toMatch(/^[\x20-\x7e]*$/);
  });

  test('metrics stay metrics beside an address', () => {
    const _aws = {
      CloudWatchMetrics: [
        {
          Namespace: 'Earmark',
          Dimensions: [['Source']],
          Metrics: [{ Name: 'Received', Unit: 'Count' }],
        },
      ],
    };
    const line = lineOf(() => {
      withLogFields({}, () => {
        addLogFields({ eventId: 'of "zoe"@x.example' });
        log.info('delivery', { Source: 'custom', Received: 1, _aws });
      });
    });
    expect(line).toMatchObject({ Source: 'custom', Received: 1, _aws });
    expect(line).toHaveProperty('_aws.Timestamp', expect.any(Number));
  });
});
