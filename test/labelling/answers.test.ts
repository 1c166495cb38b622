import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type { LabelJob } from '../../lib/queue/job.ts';
import type { Fault } from '../../local/wix/simulator.ts';
import {
  APP,
  aJob,
  type LabelStage,
  openLabelStage,
  SITE_ID,
  type StageOptions,
} from '../support/label-stage.ts';

// The answer table of docs/architecture.md, row by row: the real handler, HTTP, the SQS protocol.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** The shortest delay, 5 s, times the chance that the stage always draws: 0.75. */
const FIRST_DELAY = 4;
const NOBODY = '00000000-0000-4000-8000-00000000dead';
const ADA = { email: 'ada@example.com', phone: '+15550001', firstName: 'Ada' };

let stage: LabelStage;
afterEach(() => stage.close());

async function open(options: StageOptions = {}): Promise<string> {
  stage = await openLabelStage(options);
  return stage.wix.addContact(ADA);
}

/** Sends a job and works it off once. True: SQS keeps the message. */
async function workOff(job: LabelJob): Promise<boolean> {
  await stage.send(job);
  const [kept = false] = await stage.work(await stage.take());
  return kept;
}

/** Lets `ms` pass and works off what is visible then. */
async function again(ms: number): Promise<readonly boolean[]> {
  stage.pass(ms);
  return stage.work(await stage.take());
}

const byId = (contactId: string, over: Partial<LabelJob> = {}): LabelJob =>
  aJob({ contact: { contactId }, ...over });

const envelope = (code: string, data?: object): object => ({
  message: 'refused',
  details: { applicationError: { code, description: 'refused', ...(data && { data }) } },
});

describe('200: the label is on the contact', () => {
  test.each([
    ['by contact id', (id: string) => ({ contactId: id }), []],
    ['by e-mail', () => ({ email: 'Ada@Example.com' }), ['queryContacts 200']],
    ['by phone', () => ({ phone: '+1 555 0001' }), ['queryContacts 200']],
  ])('%s', async (_name, reference, lookUps) => {
    const ada = await open();
    const kept = await workOff(aJob({ contact: reference(ada), add: ['Customer'] }));
    expect(kept).toBe(false);
    expect(stage.calls()).toEqual([...lookUps, 'findOrCreateLabel 200', 'labelContact 200']);
    expect(stage.wix.labelNamesOf(ada)).toEqual(['Customer']);
    expect(await stage.deadLetters()).toEqual([]);
  });

  test('by member id, through the Members API', async () => {
    await open();
    const memberId = 'aaaaaaaa-0000-4000-8000-000000000001';
    const grace = stage.wix.addContact({ email: 'grace@example.com', memberId });
    await workOff(aJob({ contact: { memberId } }));
    expect(stage.calls()[0]).toBe('getMember 200');
    expect(stage.wix.labelNamesOf(grace)).toEqual(['Customer']);
  });

  test('adds and removes of one job, and a label that never was is removed without harm', async () => {
    const ada = await open();
    await workOff(byId(ada, { add: ['Old', 'VIP'] }));
    stage.pass(10 * MINUTE);
    await workOff(byId(ada, { add: ['New'], remove: ['Old', 'Never'], id: 'b'.repeat(64) }));
    expect(stage.wix.labelNamesOf(ada)).toEqual(['New', 'VIP']);
  });

  test('contacts that need one new label at once share one request for it', async () => {
    const ada = await open();
    const bob = stage.wix.addContact({ email: 'bob@example.com' });
    await stage.send(byId(ada));
    await stage.send(byId(bob, { id: 'b'.repeat(64) }));
    expect(await stage.work(await stage.take())).toEqual([false, false]);
    expect(stage.calls().toSorted()).toEqual([
      'findOrCreateLabel 200',
      'labelContact 200',
      'labelContact 200',
    ]);
  });

  test('keys go in hundreds', async () => {
    const ada = await open({ requestsPerMinute: Number.POSITIVE_INFINITY });
    const add = Array.from({ length: 201 }, (_, index) => `Bought ${index}`);
    await stage.send(byId(ada, { add }));
    await stage.work(await stage.take(), 900_000);
    await stage.send(byId(ada, { add: [], remove: add, id: 'b'.repeat(64) }));
    await stage.work(await stage.take(), 900_000);
    const changes = stage.calls().filter((call) => !call.startsWith('findOrCreateLabel'));
    expect(changes).toEqual([
      ...Array(3).fill('labelContact 200'),
      ...Array(3).fill('unlabelContact 200'),
    ]);
    expect(stage.wix.labelNamesOf(ada)).toEqual([]);
  });
});

describe('404 CONTACT_NOT_FOUND', () => {
  test('merged away: GET gives the contact that is left, and that one is labelled', async () => {
    const ada = await open();
    const old = stage.wix.addContact({ email: 'old@example.com' });
    stage.wix.mergeContacts(old, ada);
    expect(await workOff(byId(old))).toBe(false);
    expect(stage.calls()).toEqual([
      'findOrCreateLabel 200',
      'labelContact 404',
      'getContact 200',
      'labelContact 200',
    ]);
    expect(stage.wix.labelNamesOf(ada)).toEqual(['Customer']);
  });

  test("a member's id in place of the contact's", async () => {
    await open();
    const memberId = 'aaaaaaaa-0000-4000-8000-000000000001';
    const grace = stage.wix.addContact({ email: 'grace@example.com', memberId });
    expect(await workOff(byId(memberId))).toBe(false);
    expect(stage.calls().slice(1)).toEqual([
      'labelContact 404',
      'getContact 404',
      'getMember 200',
      'labelContact 200',
    ]);
    expect(stage.wix.labelNamesOf(grace)).toEqual(['Customer']);
  });

  test.each([
    ['e-mail', { email: 'ada@example.com' }, ['queryContacts 200']],
    ['phone', { phone: '+15550001' }, ['queryContacts 200']],
    [
      'phone when nobody has the e-mail',
      { email: 'unknown@example.com', phone: '+15550001' },
      ['queryContacts 200', 'queryContacts 200'],
    ],
  ])('else by %s', async (_name, rest, lookUps) => {
    const ada = await open();
    expect(await workOff(aJob({ contact: { contactId: NOBODY, ...rest } }))).toBe(false);
    expect(stage.calls().slice(1)).toEqual([
      'labelContact 404',
      'getContact 404',
      'getMember 404',
      ...lookUps,
      'labelContact 200',
    ]);
    expect(stage.wix.labelNamesOf(ada)).toEqual(['Customer']);
  });

  test('a key without "Read Members" does not stop the search', async () => {
    const ada = await open();
    stage.wix.fault({ operation: 'getMember', status: 403, body: envelope('PERMISSION_DENIED') });
    await workOff(aJob({ contact: { contactId: NOBODY, email: ADA.email } }));
    expect(stage.wix.labelNamesOf(ada)).toEqual(['Customer']);
    expect(stage.logged('members-unreadable')).toHaveLength(1);
  });

  test('of a contact that GET finds is passing: it is labelled at the next try, not at once', async () => {
    const ada = await open();
    const body = envelope('CONTACT_NOT_FOUND');
    stage.wix.fault({ operation: 'labelContact', status: 404, body });
    expect(await workOff(byId(ada))).toBe(true);
    expect(stage.calls()).toEqual(['findOrCreateLabel 200', 'labelContact 404', 'getContact 200']);
    expect(await again(FIRST_DELAY * 1000)).toEqual([false]);
  });

  test('of a contact that GET finds: nobody else is meant, whatever else the event says', async () => {
    const ada = await open();
    const bob = stage.wix.addContact({ email: 'bob@example.com' });
    const body = envelope('CONTACT_NOT_FOUND');
    stage.wix.fault({ operation: 'labelContact', status: 404, body });
    const contact = { contactId: ada, email: 'bob@example.com' };
    expect(await workOff(aJob({ contact, missing: 'ignore' }))).toBe(true);
    expect(stage.wix.labelNamesOf(bob)).toEqual([]);
    expect(await again(FIRST_DELAY * 1000)).toEqual([false]);
    expect(stage.wix.labelNamesOf(ada)).toEqual(['Customer']);
  });

  test.each([
    ['500', { status: 500, body: '' }, 'passing'],
    ['an empty 403 from the edge', { status: 403, body: '' }, 'passing'],
    ['429', { status: 429, body: '' }, 'throttled'],
    ['401', { status: 401 }, 'credentials'],
  ])(
    '%s to the guess that it is a member: no guess is dropped for that',
    async (_name, answer, reason) => {
      await open();
      stage.wix.fault({ operation: 'getMember', ...answer });
      const kept = await workOff(byId(NOBODY, { missing: 'ignore' }));
      expect(kept).toBe(true);
      expect(stage.logged('job')).toMatchObject([
        { outcome: 'retry', reason, operation: 'getMember' },
      ]);
    },
  );

  test.each([
    ['428', { status: 428, body: envelope('REQUIRED_APP_NOT_INSTALLED') }],
    ['400', { status: 400, body: '' }],
  ])('%s to that guess (no members area): the search goes on', async (_name, answer) => {
    const ada = await open();
    stage.wix.fault({ operation: 'getMember', ...answer });
    await workOff(aJob({ contact: { contactId: NOBODY, email: ADA.email } }));
    expect(stage.wix.labelNamesOf(ada)).toEqual(['Customer']);
  });

  test('else again by age; a contact that appears late is labelled', async () => {
    await open();
    expect(await workOff(aJob({ contact: { email: 'late@example.com' } }))).toBe(true);
    expect(stage.delays).toEqual([FIRST_DELAY]);
    expect(await again((FIRST_DELAY - 1) * 1000)).toEqual([]);
    expect(await again(1_000)).toEqual([true]);
    const late = stage.wix.addContact({ email: 'late@example.com' });
    expect(await again(10_000)).toEqual([false]);
    expect(stage.wix.labelNamesOf(late)).toEqual(['Customer']);
    expect(await stage.deadLetters()).toEqual([]);
  });

  test('the delay is as long as one has tried already, up to 15 minutes', async () => {
    await open();
    await workOff(byId(NOBODY));
    await again(10 * MINUTE);
    await again(40 * MINUTE);
    expect(stage.delays).toEqual([FIRST_DELAY, 450, 675]);
  });

  test('dead two hours after the event came in', async () => {
    await open();
    const job = byId(NOBODY);
    await workOff(job);
    await again(HOUR);
    expect(await again(HOUR - 1)).toEqual([true]);
    expect(await again(15 * MINUTE)).toEqual([false]);
    const [letter, ...others] = await stage.deadLetters();
    expect(others).toEqual([]);
    expect(letter?.body).toEqual(job);
    expect(letter?.attributes).toEqual({
      reason: 'contact-not-found',
      source: 'custom',
      operation: 'labelContact',
      httpStatus: '404',
      wixCode: 'CONTACT_NOT_FOUND',
      wixRequestId: expect.stringMatching(/./),
      attempts: '4',
      firstTriedAt: '2026-11-21T12:00:00.000Z',
      lastTriedAt: '2026-11-21T14:14:59.999Z',
    });
  });

  test('receives at which nothing could be tried are no tries', async () => {
    // Prepare: the site is paused for longer than the contact is waited for.
    const ada = await open();
    await stage.send(byId(NOBODY));
    stage.wix.fault({
      operation: 'any',
      status: 429,
      times: 30,
      headers: { 'retry-after': '900' },
    });
    for (let n = 0; n < 12; n += 1) await again(16 * MINUTE);
    stage.wix.clearFaults();
    // Act, Assess: the first look that finds nobody is not the last.
    expect(await again(17 * MINUTE)).toEqual([true]);
    expect(stage.logged('job').at(-1)).toMatchObject({ reason: 'contact-not-found' });
    expect(stage.wix.labelNamesOf(ada)).toEqual([]);
  });

  test('but not before three tries, however old the event', async () => {
    await open();
    stage.pass(5 * HOUR);
    expect(await workOff(byId(NOBODY))).toBe(true);
    expect(await again(5_000)).toEqual([true]);
    expect(await again(10_000)).toEqual([false]);
    expect((await stage.deadLetters()).map(({ attributes }) => attributes.attempts)).toEqual(['3']);
  });
});

describe('200, and nobody found by e-mail or phone', () => {
  const contact = { email: 'new@example.com', firstName: 'New' };

  test('contacts.missing: wait', async () => {
    await open();
    expect(await workOff(aJob({ contact }))).toBe(true);
    expect(stage.calls()).toEqual(['queryContacts 200']);
    expect(stage.logged('job')).toMatchObject([
      { outcome: 'retry', reason: 'contact-not-found', delaySeconds: FIRST_DELAY },
    ]);
  });

  test('contacts.missing: create', async () => {
    await open();
    expect(await workOff(aJob({ contact, missing: 'create' }))).toBe(false);
    expect(stage.calls()).toEqual([
      'queryContacts 200',
      'createContact 200',
      'findOrCreateLabel 200',
      'labelContact 200',
    ]);
    const made = stage.wix
      .contacts()
      .find(({ primaryInfo }) => primaryInfo.email === contact.email);
    expect(stage.wix.labelNamesOf(made?.id ?? '')).toEqual(['Customer']);
  });

  test('create, where the index was behind: 409 names the contact to use', async () => {
    await open({ queryLagMs: HOUR });
    const fresh = stage.wix.addContact({ email: 'new@example.com' });
    expect(await workOff(aJob({ contact, missing: 'create' }))).toBe(false);
    expect(stage.calls().slice(0, 2)).toEqual(['queryContacts 200', 'createContact 409']);
    expect(stage.wix.labelNamesOf(fresh)).toEqual(['Customer']);
  });

  test('create cannot make a contact of an id alone: it waits', async () => {
    await open();
    expect(await workOff(byId(NOBODY, { missing: 'create' }))).toBe(true);
    expect(stage.calls()).not.toContain('createContact 400');
  });

  test('contacts.missing: ignore', async () => {
    await open();
    expect(await workOff(aJob({ contact, missing: 'ignore' }))).toBe(false);
    expect(stage.calls()).toEqual(['queryContacts 200']);
    expect(stage.logged('job')).toMatchObject([{ outcome: 'done', reason: 'no-such-contact' }]);
    expect(await stage.deadLetters()).toEqual([]);
  });
});

describe('a key that is of no label', () => {
  test.each([
    ['404, another code', { unknownLabelKey: 'error-404' }, 'labelContact 404'],
    ['400 for a remembered key', { unknownLabelKey: 'error-400' }, 'labelContact 400'],
    ['200 without the key', { unknownLabelKey: 'ignored' }, 'labelContact 200'],
  ] as const)('%s: found again, one immediate try', async (_name, options, answer) => {
    // Prepare: the label is deleted under the worker's warm cache.
    const ada = await open(options);
    const bob = stage.wix.addContact({ email: 'bob@example.com' });
    await workOff(byId(ada));
    const [key = ''] = stage.wix.contact(ada)?.info.labelKeys.items ?? [];
    stage.wix.deleteLabel(key);
    stage.wix.clearCalls();
    // Act
    const kept = await workOff(byId(bob, { id: 'b'.repeat(64) }));
    // Assess
    expect(kept).toBe(false);
    expect(stage.calls()).toEqual([answer, 'findOrCreateLabel 200', 'labelContact 200']);
    expect(stage.wix.labelNamesOf(bob)).toEqual(['Customer']);
  });

  test.each([
    ['404 without a code', { status: 404, body: '' }, 'label-unknown', 404],
    ['404 with HTML', { status: 404, body: '<html>' }, 'label-unknown', 404],
    [
      '200 without the key',
      { status: 200, body: { contact: { id: 'x', info: {} } } },
      'label-not-applied',
      200,
    ],
  ] as const)('%s twice: dead letter', async (_name, answer, reason, httpStatus) => {
    const ada = await open();
    stage.wix.fault({ operation: 'labelContact', times: 2, ...answer });
    const job = byId(ada);
    expect(await workOff(job)).toBe(false);
    expect(stage.calls()).toEqual([
      'findOrCreateLabel 200',
      `labelContact ${httpStatus}`,
      'findOrCreateLabel 200',
      `labelContact ${httpStatus}`,
    ]);
    expect(await stage.deadLetters()).toMatchObject([
      { body: job, attributes: { reason, operation: 'labelContact', httpStatus: `${httpStatus}` } },
    ]);
  });

  test('a label deleted by a person and made again is put again, however recently it was put', async () => {
    const ada = await open();
    const bob = stage.wix.addContact({ email: 'bob@example.com' });
    await workOff(byId(ada));
    stage.wix.deleteLabel(stage.wix.contact(ada)?.info.labelKeys.items[0] ?? '');
    await workOff(byId(bob, { id: 'b'.repeat(64) }));
    await workOff(byId(ada, { id: 'c'.repeat(64) }));
    expect(stage.wix.labelNamesOf(ada)).toEqual(['Customer']);
  });

  test('and there is no room to make it again: dead for the quota', async () => {
    const ada = await open({ labelsQuota: 1 });
    await workOff(byId(ada));
    stage.wix.deleteLabel(stage.wix.contact(ada)?.info.labelKeys.items[0] ?? '');
    await workOff(byId(ada, { add: ['VIP'], id: 'b'.repeat(64) }));
    const bob = stage.wix.addContact({ email: 'bob@example.com' });
    expect(await workOff(byId(bob, { id: 'c'.repeat(64) }))).toBe(false);
    expect(await stage.deadLetters()).toMatchObject([
      { body: { add: ['Customer'] }, attributes: { reason: 'labels-quota-reached' } },
    ]);
  });

  test('what was done before the answer that ends it is not in the dead letter', async () => {
    const ada = await open();
    await workOff(byId(ada, { add: ['Old'] }));
    stage.wix.fault({ operation: 'unlabelContact', status: 501, body: '' });
    const job = byId(ada, { add: ['New'], remove: ['Old'], id: 'b'.repeat(64) });
    await workOff(job);
    expect(stage.wix.labelNamesOf(ada)).toEqual(['New', 'Old']);
    expect((await stage.deadLetters()).map(({ body }) => body)).toEqual([{ ...job, add: [] }]);
  });

  test('what a spent job had done before is not in its dead letter either', async () => {
    const ada = await open();
    await workOff(byId(ada, { add: ['Old'] }));
    const fault = { operation: 'unlabelContact', status: 500, body: '' } as const;
    stage.wix.fault({ ...fault, times: Number.POSITIVE_INFINITY });
    const job = byId(ada, { add: ['New'], remove: ['Old'], id: 'b'.repeat(64) });
    expect(await workOff(job)).toBe(true);
    expect(await again(3 * DAY)).toEqual([false]);
    expect((await stage.deadLetters()).map(({ body }) => body)).toEqual([{ ...job, add: [] }]);
  });

  test('a label that stays on after Unlabel said 200 is told, not believed', async () => {
    const ada = await open();
    await workOff(byId(ada));
    const labelKeys = stage.wix.contact(ada)?.info.labelKeys.items ?? [];
    const body = { contact: { id: ada, info: { labelKeys: { items: labelKeys } } } };
    stage.wix.fault({ operation: 'unlabelContact', times: 2, status: 200, body });
    await workOff(byId(ada, { add: [], remove: ['Customer'], id: 'b'.repeat(64) }));
    expect(await stage.deadLetters()).toMatchObject([
      { attributes: { reason: 'label-not-applied', operation: 'unlabelContact' } },
    ]);
  });
});

describe('428', () => {
  test('LABELS_QUOTA_REACHED: what exists is applied, the rest is dead with both numbers', async () => {
    const ada = await open({ labelsQuota: 1 });
    const job = byId(ada, { add: ['Customer', 'VIP', 'Gold'] });
    expect(await workOff(job)).toBe(false);
    expect(stage.calls()).toEqual([
      'findOrCreateLabel 200',
      'findOrCreateLabel 428',
      'queryLabels 200',
      'labelContact 200',
    ]);
    expect(stage.wix.labelNamesOf(ada)).toEqual(['Customer']);
    expect(await stage.deadLetters()).toMatchObject([
      {
        body: { ...job, add: ['VIP', 'Gold'], remove: [] },
        attributes: {
          reason: 'labels-quota-reached',
          wixCode: 'LABELS_QUOTA_REACHED',
          httpStatus: '428',
          detail: 'The site has 1 of 1 labels. Delete labels, then replay.',
        },
      },
    ]);
    expect(stage.logged('labels-quota-reached')).toHaveLength(1);
  });

  test('then no unknown name is tried on that site for ten minutes', async () => {
    const ada = await open({ labelsQuota: 1 });
    await workOff(byId(ada, { add: ['Customer', 'VIP'] }));
    stage.wix.clearCalls();
    await workOff(byId(ada, { add: ['VIP'], id: 'b'.repeat(64) }));
    expect(stage.calls()).toEqual([]);
    stage.pass(10 * MINUTE);
    await workOff(byId(ada, { add: ['VIP'], id: 'c'.repeat(64) }));
    expect(stage.calls()).toEqual(['findOrCreateLabel 428', 'queryLabels 200']);
    expect(await stage.deadLetters()).toHaveLength(3);
  });

  test('a worker that is new to a full site still finds the labels that exist', async () => {
    const ada = await open({ labelsQuota: 1 });
    const bob = stage.wix.addContact({ email: 'bob@example.com' });
    await workOff(byId(ada));
    stage.restart();
    await workOff(byId(bob, { add: ['VIP', 'Customer'], id: 'b'.repeat(64) }));
    expect(stage.wix.labelNamesOf(bob)).toEqual(['Customer']);
    expect((await stage.deadLetters()).map(({ body }) => (body as LabelJob).add)).toEqual([
      ['VIP'],
    ]);
  });

  test('what was to be removed and cannot be found is dead too: the index may be behind', async () => {
    const ada = await open({ labelsQuota: 1, queryLagMs: HOUR });
    await workOff(byId(ada, { add: ['Customer'] }));
    stage.restart();
    await workOff(byId(ada, { add: ['VIP'], remove: ['Gone'], id: 'b'.repeat(64) }));
    expect((await stage.deadLetters()).map(({ body }) => body)).toMatchObject([
      { add: ['VIP'], remove: ['Gone'] },
    ]);
  });

  test('a quota that came up under a find that was under way stays', async () => {
    const ada = await open();
    const bob = stage.wix.addContact({ email: 'bob@example.com' });
    const quota = envelope('LABELS_QUOTA_REACHED', { labelsQuota: '1', labelsCurrentTotal: '1' });
    stage.wix.fault({ operation: 'findOrCreateLabel', status: 428, body: quota });
    await stage.send(byId(ada, { add: ['New'] }));
    await stage.send(byId(bob, { add: ['Old'], id: 'b'.repeat(64) }));
    await stage.work(await stage.take());
    stage.wix.clearCalls();
    await workOff(byId(ada, { add: ['Newer'], id: 'c'.repeat(64) }));
    expect(stage.calls()).toEqual(['queryLabels 200']);
  });

  test.each(['findOrCreateLabel', 'labelContact'] as const)(
    'another code at %s: dead',
    async (operation) => {
      const ada = await open();
      stage.wix.fault({ operation, status: 428, body: envelope('REQUIRED_APP_NOT_INSTALLED') });
      expect(await workOff(byId(ada))).toBe(false);
      expect(await stage.deadLetters()).toMatchObject([
        {
          attributes: {
            reason: 'precondition-failed',
            wixCode: 'REQUIRED_APP_NOT_INSTALLED',
            operation,
          },
        },
      ]);
    },
  );
});

describe('400', () => {
  test.each(['findOrCreateLabel', 'labelContact', 'queryContacts'] as const)(
    'at %s, no remembered key named: dead, and it says which field',
    async (operation) => {
      await open();
      const body = {
        message: 'bad',
        details: { validationError: { fieldViolations: [{ field: 'displayName' }] } },
      };
      stage.wix.fault({ operation, status: 400, body });
      expect(await workOff(aJob())).toBe(false);
      expect(stage.calls().filter((call) => call.startsWith(operation))).toHaveLength(1);
      expect(await stage.deadLetters()).toMatchObject([
        { attributes: { reason: 'bad-request', operation, detail: 'Refused: displayName.' } },
      ]);
    },
  );
});

describe('401 and 403: credentials', () => {
  test.each([
    ['401', { status: 401 }],
    ['403 with the envelope', { status: 403, body: envelope('PERMISSION_DENIED') }],
  ])('%s with an API key: the breaker opens, the jobs stay', async (_name, answer) => {
    // Prepare
    const ada = await open();
    stage.wix.fault({ operation: 'any', times: 1, ...answer });
    // Act: the first job meets the answer, the second is not begun.
    expect(await workOff(byId(ada))).toBe(true);
    expect(await workOff(byId(ada, { contact: { email: ADA.email } }))).toBe(true);
    // Assess
    expect(stage.calls()).toHaveLength(1);
    expect(stage.delays).toEqual([FIRST_DELAY, 32]);
    expect(stage.logged('breaker')).toMatchObject([{ state: 'open', reason: 'credentials' }]);
    expect(await again(35_000)).toEqual([false, true]);
    expect(stage.delays.at(-1)).toBe(27);
    expect(await again(27_000)).toEqual([false]);
    expect(stage.wix.labelNamesOf(ada)).toEqual(['Customer']);
    expect(stage.logged('breaker')).toMatchObject([{ state: 'open' }, { state: 'closed' }]);
    expect(await stage.deadLetters()).toEqual([]);
  });

  const app = {
    credentials: { kind: 'app', appId: APP.id, appSecret: APP.secret },
  } as const;

  test('401 with an app: one new token, and on it goes', async () => {
    const ada = await open(app);
    stage.wix.fault({ operation: 'findOrCreateLabel', status: 401 });
    expect(await workOff(byId(ada))).toBe(false);
    expect(stage.calls()).toEqual([
      'createToken 200',
      'findOrCreateLabel 401',
      'createToken 200',
      'findOrCreateLabel 200',
      'labelContact 200',
    ]);
  });

  test('400 at the token endpoint is no answer to the guess that it is a member', async () => {
    const ada = await open(app);
    await workOff(byId(ada, { id: 'b'.repeat(64) }));
    stage.wix.fault({ operation: 'getMember', status: 401 });
    stage.wix.fault({ operation: 'createToken', status: 400 });
    expect(await workOff(byId(NOBODY, { missing: 'ignore' }))).toBe(true);
    expect(stage.logged('job').at(-1)).toMatchObject({
      reason: 'credentials',
      operation: 'createToken',
    });
  });

  test('401 with an app, again: the breaker opens', async () => {
    const ada = await open(app);
    stage.wix.fault({ operation: 'findOrCreateLabel', status: 401, times: 2 });
    expect(await workOff(byId(ada))).toBe(true);
    expect(stage.logged('breaker')).toMatchObject([{ state: 'open', reason: 'credentials' }]);
    expect(stage.calls().filter((call) => call === 'createToken 200')).toHaveLength(2);
    expect(await again(35_000)).toEqual([false]);
    expect(stage.calls().filter((call) => call === 'createToken 200')).toHaveLength(3);
  });

  test.each([400, 401])('%i at the token endpoint: the breaker opens', async (status) => {
    const ada = await open(app);
    stage.wix.fault({ operation: 'createToken', status });
    expect(await workOff(byId(ada))).toBe(true);
    expect(stage.logged('job')).toMatchObject([
      { reason: 'credentials', operation: 'createToken' },
    ]);
    expect(stage.logged('breaker')).toHaveLength(1);
  });

  test('the token is renewed before its end and shared until then', async () => {
    const ada = await open(app);
    await workOff(byId(ada));
    stage.pass(3 * HOUR);
    await workOff(byId(ada, { id: 'b'.repeat(64) }));
    expect(stage.calls().filter((call) => call.startsWith('createToken'))).toHaveLength(1);
    stage.pass(56 * MINUTE);
    await workOff(byId(ada, { id: 'c'.repeat(64) }));
    expect(stage.calls().filter((call) => call.startsWith('createToken'))).toHaveLength(2);
    expect(stage.calls().filter((call) => call.endsWith('401'))).toEqual([]);
  });
});

describe('what passes by itself', () => {
  const passing: [string, Omit<Fault, 'operation'>][] = [
    ['403 with an empty body', { status: 403, body: '' }],
    ['403 with HTML', { status: 403, body: '<html>slow down</html>' }],
    ...[408, 409, 425, 500, 502, 503, 504, 522].map(
      (status): [string, Omit<Fault, 'operation'>] => [`${status}`, { status, body: '' }],
    ),
    ['a connection that ends', { drop: true }],
    ['200 that is not JSON', { status: 200, body: '<html>hello</html>' }],
    ['200 without what was asked for', { status: 200, body: {} }],
    [
      '200 that does not say which labels there are',
      { status: 200, body: { contact: { id: 'x' } } },
    ],
  ];

  test.each(passing)('%s: again by age', async (_name, answer) => {
    const ada = await open();
    stage.wix.fault({ operation: 'labelContact', ...answer });
    expect(await workOff(byId(ada))).toBe(true);
    expect(stage.calls()).toHaveLength(2);
    expect(stage.delays).toEqual([FIRST_DELAY]);
    expect(stage.logged('job')).toMatchObject([
      { outcome: 'retry', reason: 'passing', operation: 'labelContact' },
    ]);
    expect(await again(FIRST_DELAY * 1000)).toEqual([false]);
    expect(stage.wix.labelNamesOf(ada)).toEqual(['Customer']);
  });

  test('no answer in eight seconds: again by age', async () => {
    const ada = await open();
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    const asked = jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => timeout(ms / 100));
    stage.wix.fault({ operation: 'labelContact', delayMs: 60_000 });
    expect(await workOff(byId(ada))).toBe(true);
    expect(asked.mock.calls.map(([ms]) => ms)).toEqual([8_000, 8_000]);
    asked.mockRestore();
    expect(stage.logged('job')).toMatchObject([{ reason: 'passing', answer: 'timeout' }]);
    expect(await again(FIRST_DELAY * 1000)).toEqual([false]);
  });

  test('a Wix that is not there: the log says what the system calls it', async () => {
    const ada = await open();
    await stage.closeWix();
    expect(await workOff(byId(ada))).toBe(true);
    expect(stage.logged('job')).toMatchObject([
      { reason: 'passing', answer: 'network', networkCode: 'ECONNREFUSED' },
    ]);
  });

  test('an answer lost on its way: the repeat does no harm', async () => {
    const ada = await open();
    stage.wix.fault({ operation: 'labelContact', drop: true, applyBefore: true });
    expect(await workOff(byId(ada))).toBe(true);
    expect(await again(FIRST_DELAY * 1000)).toEqual([false]);
    expect(stage.wix.labelNamesOf(ada)).toEqual(['Customer']);
  });

  test('Retry-After is obeyed', async () => {
    const ada = await open();
    const headers = { 'retry-after': '120' };
    stage.wix.fault({ operation: 'labelContact', status: 503, body: '', headers });
    await workOff(byId(ada));
    expect(stage.delays).toEqual([126]);
  });

  test('dead three days after the first try, however long the job had queued before', async () => {
    const ada = await open();
    stage.wix.fault({
      operation: 'labelContact',
      status: 500,
      body: '',
      times: Number.POSITIVE_INFINITY,
    });
    await stage.send(byId(ada));
    stage.pass(2 * DAY);
    expect(await stage.work(await stage.take())).toEqual([true]);
    expect(await again(3 * DAY - 1)).toEqual([true]);
    expect(await again(15 * MINUTE)).toEqual([false]);
    expect(await stage.deadLetters()).toMatchObject([
      {
        attributes: {
          reason: 'passing',
          httpStatus: '500',
          operation: 'labelContact',
          attempts: '3',
        },
      },
    ]);
  });

  test('five in a row: the site is not called until a probe comes through', async () => {
    // Prepare
    const ada = await open();
    stage.wix.fault({ operation: 'any', status: 503, body: '', times: 6 });
    const job = (n: number) =>
      aJob({ id: `${n}`.repeat(64), contact: { email: `${n}@example.com`, contactId: ada } });
    const ids = [1, 2, 3, 4, 5].map((n) => aJob({ ...job(n), contact: { phone: `+1555000${n}` } }));
    // Act
    for (const one of ids) await workOff(one);
    const callsBefore = stage.calls().length;
    await workOff(aJob({ id: '6'.repeat(64), contact: { phone: '+15550006' } }));
    // Assess
    expect(callsBefore).toBe(5);
    expect(stage.calls()).toHaveLength(5);
    expect(stage.logged('breaker')).toMatchObject([{ state: 'open', reason: 'passing' }]);
    expect(stage.logged('job').at(-1)).toMatchObject({ reason: 'site-paused', outcome: 'retry' });
  });
});

describe('429 pauses the whole site', () => {
  test.each([
    ['seconds', { 'retry-after': '30' }, 32],
    ['a date', { 'retry-after': 'Sat, 21 Nov 2026 12:01:40 GMT' }, 105],
    ['nothing', {}, FIRST_DELAY],
  ])('Retry-After: %s', async (name, headers, seconds) => {
    const ada = await open();
    stage.wix.fault({ operation: 'labelContact', status: 429, body: '', headers });
    expect(await workOff(byId(ada))).toBe(true);
    expect(stage.delays).toEqual([seconds]);
    const other = aJob({ contact: { email: 'other@example.com' } });
    expect(await workOff(other)).toBe(true);
    expect(stage.calls()).toHaveLength(2);
    expect(stage.delays[1]).toBe(name === 'nothing' ? 63 : seconds);
  });

  test('a pause of days is looked at again after an hour', async () => {
    const ada = await open();
    const headers = { 'retry-after': '9999999' };
    stage.wix.fault({ operation: 'labelContact', status: 429, body: '', headers });
    await workOff(byId(ada));
    expect(stage.delays).toEqual([3_780]);
    expect(await again(3_780_000)).toEqual([false]);
  });

  test("the simulated site's own limit: nobody is lost, nobody is dead", async () => {
    const ada = await open({ requestsPerMinute: 2 });
    await workOff(byId(ada));
    expect(await workOff(byId(ada, { add: ['VIP'], id: 'b'.repeat(64) }))).toBe(true);
    expect(await again(70_000)).toEqual([false]);
    expect(stage.wix.labelNamesOf(ada)).toEqual(['Customer', 'VIP']);
  });
});

describe('what no row fits', () => {
  test.each([501, 301, 302, 405, 410, 418, 422])('%i: dead', async (status) => {
    const ada = await open();
    const headers = { location: 'http://127.0.0.1:9/' };
    stage.wix.fault({ operation: 'labelContact', status, body: '', headers });
    expect(await workOff(byId(ada))).toBe(false);
    expect(stage.calls()).toHaveLength(2);
    expect(await stage.deadLetters()).toMatchObject([
      { attributes: { reason: 'not-understood', httpStatus: `${status}` } },
    ]);
  });

  test('a 404 at Query Contacts is a wrong route, never a missing contact', async () => {
    await open();
    stage.wix.fault({ operation: 'queryContacts', status: 404, body: '<html>' });
    expect(await workOff(aJob({ missing: 'ignore' }))).toBe(false);
    expect(await stage.deadLetters()).toMatchObject([
      { attributes: { reason: 'not-understood', operation: 'queryContacts' } },
    ]);
  });

  test('a 404 of another kind at Get Contact neither', async () => {
    await open();
    stage.wix.fault({ operation: 'getContact', status: 404, body: '<html>' });
    expect(await workOff(byId(NOBODY, { missing: 'ignore' }))).toBe(false);
    expect(await stage.deadLetters()).toMatchObject([
      { attributes: { reason: 'not-understood', operation: 'getContact' } },
    ]);
  });

  test('a message that is no job', async () => {
    await open();
    const future = { ...aJob(), v: 2 } as unknown as LabelJob;
    await stage.sendRaw(future);
    expect(await stage.work(await stage.take())).toEqual([false]);
    expect(await stage.deadLetters()).toMatchObject([
      { body: future, attributes: { reason: 'invalid-job', detail: expect.stringContaining('v') } },
    ]);
    expect(SITE_ID).toBe(future.site);
  });
});

describe('the end of the invocation', () => {
  test('nothing is begun that cannot be finished', async () => {
    const ada = await open();
    await stage.send(byId(ada));
    expect(await stage.work(await stage.take(), 17_999)).toEqual([true]);
    expect(stage.calls()).toEqual([]);
    expect(stage.delays).toEqual([0]);
    expect(await stage.work(await stage.take(), 18_000)).toEqual([false]);
    expect(stage.wix.labelNamesOf(ada)).toEqual(['Customer']);
  });
});
