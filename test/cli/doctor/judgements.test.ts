import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { aheadMs, judgeClock, judgeWebhooks } from '../../../cli/commands/doctor/address.ts';
import { type HealthCheck, pass, runChecks } from '../../../cli/commands/doctor/diagnosis.ts';
import {
  judgeNames,
  judgeQuota,
  quotaNews,
  type SiteLabel,
} from '../../../cli/commands/doctor/labels.ts';
import { judgeNode, judgeOwnSources } from '../../../cli/commands/doctor/machine.ts';
import {
  judgeCredentials,
  judgePermission,
  MANAGE_CONTACTS,
  MANAGE_LABELS,
  READ_CONTACTS,
} from '../../../cli/commands/doctor/permissions.ts';
import { judgeBudget, sourceFindings } from '../../../cli/commands/doctor/settings.ts';
import type { FunctionLogLine } from '../../../cli/kit/target.ts';
import { isCodeSource } from '../../../lib/events/event.ts';
import { secretSettingOf, sourceNames } from '../../../lib/sources/index.ts';
import type { WixFailure } from '../../../lib/wix/calls/failure.ts';

describe('checks', () => {
  const check = (name: string, run: HealthCheck['run']): HealthCheck => ({ about: 'A', name, run });

  test('one that hangs and one that throws hold up no other, and say so', async () => {
    // Arrange
    const deadline = new AbortController();
    const checks = [
      check('hangs', () => new Promise(() => {})),
      check('throws', async () => {
        throw Object.assign(new Error('no way'), { name: 'AccessDeniedException' });
      }),
      check('passes', async () => [pass('well')]),
    ];

    // Act
    const checked = await runChecks(
      checks,
      () => deadline.signal,
      (done) => done === 2 && deadline.abort(),
    );

    // Assess
    const lines = checked
      .flatMap(({ findings }) => findings)
      .map(({ status, what }) => [status, what]);
    expect(lines).toEqual([
      ['fail', 'hangs: no answer in time'],
      ['fail', 'throws: AccessDeniedException: no way'],
      ['pass', 'well'],
    ]);
  });
});

describe('the clock', () => {
  const NOON = Date.parse('2026-11-22T12:00:00Z');
  const heard = (aheadSeconds: number) => {
    const sentAt = NOON + aheadSeconds * 1000;
    return { sentAt, heardAt: sentAt + 200, date: 'Sun, 22 Nov 2026 12:00:00 GMT' };
  };

  test.each([
    [0, 'pass', 'agree'],
    [29, 'pass', 'agree'],
    [45, 'warn', '45 s ahead of'],
    [-45, 'warn', '45 s behind'],
    [400, 'fail', '400 s ahead of'],
    [-400, 'fail', '400 s behind'],
  ])('%i s ahead: %s', (seconds, status, words) => {
    const found = judgeClock('Wix', heard(seconds));
    expect(found.status).toBe(status);
    expect(found.what).toContain(words);
  });

  test('is known to a second and half the way there and back', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1e6, max: 1e6 }),
        fc.integer({ min: 0, max: 999 }),
        fc.integer({ min: 0, max: 5_000 }),
        fc.integer({ min: 0, max: 5_000 }),
        (skew, millisecond, there, back) => {
          const sent = NOON + millisecond;
          const sentAt = sent + skew;
          const date = new Date(sent + there).toUTCString(); // whole seconds
          const ahead = aheadMs({ sentAt, heardAt: sentAt + there + back, date }) ?? Number.NaN;
          expect(Math.abs(ahead - skew)).toBeLessThanOrEqual((there + back) / 2 + 500);
        },
      ),
    );
  });

  test('an answer without a date says nothing', () => {
    expect(judgeClock('Wix', { sentAt: 0, heardAt: 0, date: null }).status).toBe('warn');
  });
});

describe('sources', () => {
  const WHSEC = `whsec_${Buffer.from('0123456789abcdef01234567').toString('base64')}`;

  const DESCRIBED = sourceNames().filter((name) => !isCodeSource(name));

  test('that a file describes are judged by it, and only counted where the secret is the engine’s', () => {
    const two = new Map([
      ['POLAR_WEBHOOK_SECRET', 'polar_whs_0123456789abcdef'],
      ['TALLY_WEBHOOK_SECRET', 'hush'],
    ] as const);
    const all = new Map(DESCRIBED.map((name) => [secretSettingOf(name), 'hush']));
    const rules = [{ name: 'r', on: ['order.paid'] as const, sources: ['polar', 'clerk'] }];
    const linesOf = (values: typeof all, engine?: { defaults: ReadonlySet<string> }) =>
      sourceFindings(values, { missing: 'wait', rules }, engine).map(
        ({ status, what }) => `${status} ${what}`,
      );

    expect(linesOf(two)).toEqual([
      'warn clerk is closed, and a rule names it',
      'pass polar is open',
      'warn tally: the secret in TALLY_WEBHOOK_SECRET is weak',
      expect.stringMatching(/, custom, \d+ that a file describes$/),
    ]);
    const { POLAR_WEBHOOK_SECRET: _ours, ...others } = Object.fromEntries(all);
    const defaults = new Set(
      Object.keys(others).filter((one) => one !== 'THRIVECART_WEBHOOK_SECRET'),
    );
    expect(linesOf(all, { defaults }).slice(2)).toEqual([
      'warn thrivecart: the secret in THRIVECART_WEBHOOK_SECRET is weak',
      `pass ${DESCRIBED.length - 3} more that a file describes have a development secret`,
      expect.stringMatching(/^pass closed, .*, custom$/),
    ]);
  });

  test('are open, closed, or have a secret that verifies nothing', () => {
    const found = sourceFindings(
      new Map([
        ['SHOPIFY_WEBHOOK_SECRET', 'the-new-secret-of-shopify,the-old-secret-of-shopify'],
        ['WIX_WEBHOOK_PUBLIC_KEY', 'no key'],
        ['STANDARD_WEBHOOK_SECRET', WHSEC],
      ]),
      { missing: 'wait', rules: [{ name: 'r', on: ['order.paid'], sources: ['stripe'] }] },
    );
    expect(found.map(({ status, what }) => `${status} ${what}`)).toEqual([
      'pass shopify is open, 2 secrets are accepted',
      'warn stripe is closed, and a rule names it',
      'fail wix: the secret in WIX_WEBHOOK_PUBLIC_KEY is malformed',
      'pass standard-webhooks is open',
      `pass closed, as no secret is set: woocommerce, stripe, custom, ${DESCRIBED.length} that a file describes`,
    ]);
    expect(JSON.stringify(found)).not.toContain(WHSEC);
  });

  test('have a part that is too short, or a secret that can be guessed', () => {
    const found = sourceFindings(
      new Map([
        ['SHOPIFY_WEBHOOK_SECRET', 'the-new-secret-of-shopify,old'],
        ['CUSTOM_WEBHOOK_SECRET', 'hush'],
      ]),
      undefined,
    );
    expect(found.map(({ status, what }) => `${status} ${what}`)).toEqual([
      'fail shopify: one of 2 secrets in SHOPIFY_WEBHOOK_SECRET is malformed',
      'warn custom: the secret in CUSTOM_WEBHOOK_SECRET is weak',
      `pass closed, as no secret is set: woocommerce, stripe, wix, standard-webhooks, ${DESCRIBED.length} that a file describes`,
    ]);
    expect(JSON.stringify(found)).toContain('fewer than 16 characters');
    expect(JSON.stringify(found)).not.toMatch(/hush|of-shopify/);
  });

  test('a setting of no source is named, with what is meant', () => {
    const unread = ['GUMROD_WEBHOOK_SECRET', 'XYZZYPLUGH_WEBHOOK_SECRET'];

    const found = sourceFindings(new Map([['CUSTOM_WEBHOOK_SECRET', 'hush']]), undefined, {
      unread,
    });

    expect(found.slice(0, 2)).toEqual([
      {
        status: 'warn',
        what: 'no source has the setting GUMROD_WEBHOOK_SECRET',
        advice: 'Did you mean `GUMROAD_WEBHOOK_SECRET`?',
      },
      expect.objectContaining({ status: 'warn', advice: expect.stringContaining('sources list') }),
    ]);
  });

  test('all closed is a failure', () => {
    expect(sourceFindings(new Map(), undefined)).toEqual([
      expect.objectContaining({ status: 'fail' }),
    ]);
  });
});

describe('permissions', () => {
  const failure = (changes: Partial<WixFailure>): WixFailure => ({
    operation: 'labelContact',
    kind: 'answer',
    envelope: true,
    ...changes,
  });
  const statusOf = (changes: Partial<WixFailure>) =>
    judgePermission(MANAGE_CONTACTS, failure(changes), 'api-key').status;

  test('to label nobody is refused as unknown where it is allowed', () => {
    expect(statusOf({ status: 404, code: 'CONTACT_NOT_FOUND' })).toBe('pass');
    expect(statusOf({ status: 403 })).toBe('fail');
  });

  test('what may mean anything is no verdict: no envelope, no code, no answer', () => {
    expect(statusOf({ status: 403, envelope: false })).toBe('warn');
    expect(statusOf({ status: 404 })).toBe('warn');
    expect(statusOf({ status: 503 })).toBe('warn');
    expect(statusOf({ kind: 'timeout' })).toBe('warn');
  });

  test('a refusal without a code is one all the same', () => {
    const refused = failure({ operation: 'queryContacts', status: 403 });
    expect(judgePermission(READ_CONTACTS, refused, 'api-key').status).toBe('fail');
  });

  test('a full site is one that may make labels', () => {
    const full = failure({ status: 428, code: 'LABELS_QUOTA_REACHED' });
    expect(judgePermission(MANAGE_LABELS, full, 'app').status).toBe('pass');
  });

  test('the advice for an app is where its permissions are', () => {
    const { advice } = judgePermission(MANAGE_CONTACTS, failure({ status: 403 }), 'app');
    expect(advice).toContain(`Allow "Manage Contacts" on the app's Permissions page`);
  });

  test.each<[string, Partial<WixFailure>, string]>([
    ['a key', { status: 401 }, 'Wix refuses WIX_APP_ID'],
    ['an app', { operation: 'createToken', status: 400 }, 'Wix refuses WIX_APP_ID'],
    ['a name', { kind: 'network', networkCode: 'ENOTFOUND' }, 'cannot be reached: ENOTFOUND'],
    ['time', { kind: 'timeout' }, 'cannot be reached: no answer within 8 s'],
  ])('credentials fail for want of %s', (_, changes, words) => {
    const found = judgeCredentials(failure(changes), 'app');
    expect(found.status).toBe('fail');
    expect(found.what).toContain(words);
  });

  test('a site whose minute is used up, and a Wix that is down, are warnings', () => {
    expect(judgeCredentials(failure({ status: 429 }), 'app').status).toBe('warn');
    const down = failure({ operation: 'createToken', status: 503 });
    expect(judgeCredentials(down, 'app').status).toBe('warn');
  });
});

describe('labels', () => {
  const labels = (own: number): SiteLabel[] => [
    { key: 'contacts.system', displayName: 'System', own: false },
    ...Array.from({ length: own }, (_, n) => ({
      key: `k${n}`,
      displayName: `Label ${n}`,
      own: true,
    })),
  ];
  const line = (message: string, more: object = {}): FunctionLogLine => ({
    function: 'label',
    time: '2026-11-22T12:00:00Z',
    message,
    ...more,
  });
  const REACHED = line('labels-quota-reached', { labelsQuota: '10', labelsCurrentTotal: '10' });

  test('nobody knows how many there may be until Wix has refused one', () => {
    expect(judgeQuota(labels(5), quotaNews([line('job')]))).toEqual(
      pass('the site has 5 labels of its own; Wix does not publish how many it allows'),
    );
  });

  test('what Wix said when it refused one is held against what there is', () => {
    expect(judgeQuota(labels(10), quotaNews([REACHED]))).toMatchObject({
      status: 'fail',
      what: 'the site has 10 labels of its own, of the 10 that Wix allows',
    });
    expect(judgeQuota(labels(9), quotaNews([REACHED])).status).toBe('pass');
    expect(quotaNews([REACHED, line('labels-quota-lifted')])).toMatchObject({
      full: false,
      quota: 10,
    });
  });

  test('a refusal without numbers is a warning', () => {
    const news = quotaNews([line('labels-quota-reached', { labelsQuota: 'unknown' })]);
    expect(judgeQuota(labels(9), news).status).toBe('warn');
  });

  test('names of the rules that are not there yet are named', () => {
    const { what } = judgeNames(labels(2), { names: ['Label 1', 'VIP'], computed: true });
    expect(what).toBe(
      '1 of the 2 label names in rules.yml exist; the first event makes: VIP; others are computed by rules',
    );
  });
});

describe('the rest', () => {
  test.each([
    [180, 2, 'pass', '90 each'],
    [1_000, 2, 'warn', '500 each'],
    [180, 20, 'warn', '9 each'],
  ])('%i requests a minute for %i workers: %s', (requestsPerMinute, workers, status, words) => {
    const found = judgeBudget({ requestsPerMinute, workers });
    expect(found.status).toBe(status);
    expect(found.what).toContain(words);
  });

  test.each([
    [401, 'pass'],
    [503, 'fail'],
    [200, 'fail'],
    [404, 'fail'],
    [429, 'warn'],
  ])('an address that answers %i to a delivery that nobody signed: %s', (unsignedPost, status) => {
    expect(judgeWebhooks('https://x/webhooks/shopify', unsignedPost, 'logs').status).toBe(status);
  });

  test('another Node than the functions run on is a warning', () => {
    expect(judgeNode('24.1.0').status).toBe('pass');
    expect(judgeNode('22.18.0').status).toBe('warn');
  });
});

test('a broken source of the user’s own fails, and a folder that is not there is well', () => {
  const folder = mkdtempSync(join(tmpdir(), 'earmark-doctor-'));
  expect(judgeOwnSources(folder)).toEqual([]);
  mkdirSync(join(folder, 'my-sources'));
  writeFileSync(join(folder, 'my-sources/acme.yml'), 'titel: Acme\n');

  const [first] = judgeOwnSources(folder);

  rmSync(folder, { recursive: true });
  expect(first?.status).toBe('fail');
  expect(first?.what).toMatch(/my-sources\/acme\.yml:1:1: /);
});
