import { afterEach, describe, expect, test } from '@jest/globals';
import type { LabelJob } from '../../../lib/queue/job.ts';
import {
  type AnswerStage,
  BARE_ENVELOPE,
  byId,
  DAY,
  envelope,
  FIRST_DELAY,
  MINUTE,
  openAnswers,
} from '../../support/answers.ts';
import { aJob } from '../../support/jobs.ts';

/** The stage of the test that runs. */
let stage: AnswerStage;
afterEach(() => stage.close());

describe('a key that is of no label', () => {
  test.each([
    ['404, another code', { unknownLabelKey: 'error-404' }, 'labelContact 404'],
    ['400 for a remembered key', { unknownLabelKey: 'error-400' }, 'labelContact 400'],
    ['200 without the key', { unknownLabelKey: 'ignored' }, 'labelContact 200'],
  ] as const)('%s: found again, one immediate try', async (_name, options, answer) => {
    // Prepare: the label is deleted under the worker's warm cache.
    stage = await openAnswers(options);
    const { ada } = stage;
    const bob = stage.wix.addContact({ email: 'bob@example.com' });
    await stage.processJob(byId(ada));
    const [key = ''] = stage.wix.contact(ada)?.info.labelKeys.items ?? [];
    stage.wix.deleteLabel(key);
    stage.wix.clearCalls();
    // Act
    const kept = await stage.processJob(byId(bob, { id: 'b'.repeat(64) }));
    // Assess
    expect(kept).toBe(false);
    expect(stage.calls()).toEqual([answer, 'findOrCreateLabel 200', 'labelContact 200']);
    expect(stage.wix.labelNamesOf(bob)).toEqual(['Customer']);
  });

  test.each([
    ['404 with another code', { status: 404, body: envelope('GONE') }, 'label-unknown', 404],
    ['404 without a code', { status: 404, body: BARE_ENVELOPE }, 'label-unknown', 404],
    [
      '200 without the key',
      { status: 200, body: { contact: { id: 'x', info: {} } } },
      'label-not-applied',
      200,
    ],
  ] as const)(
    '%s for over five minutes: dead letter',
    async (_name, answer, reason, httpStatus) => {
      stage = await openAnswers();
      const { ada } = stage;
      stage.wix.fault({ operation: 'labelContact', times: Number.POSITIVE_INFINITY, ...answer });
      const job = byId(ada);
      const began = stage.now();
      expect(await stage.processJob(job)).toBe(true);
      expect(await stage.toTheEnd()).toBeGreaterThan(5);
      expect(stage.now() - began).toBeGreaterThan(5 * MINUTE);
      expect(stage.now() - began).toBeLessThan(10 * MINUTE);
      expect(await stage.deadLetters()).toMatchObject([
        {
          body: job,
          attributes: { reason, operation: 'labelContact', httpStatus: `${httpStatus}` },
        },
      ]);
    },
  );

  test.each([
    ['nothing in it', ''],
    ['HTML', '<html>'],
    ["a gateway's JSON", { message: 'no Route matched with those values' }],
  ])("a gateway's 404 with %s twice: again by age", async (_name, body) => {
    stage = await openAnswers();
    const { ada } = stage;
    await stage.processJob(byId(ada, { id: 'b'.repeat(64) }));
    stage.wix.deleteLabel(stage.wix.contact(ada)?.info.labelKeys.items[0] ?? '');
    stage.wix.clearCalls();
    stage.pass(10 * MINUTE);
    stage.wix.fault({ operation: 'labelContact', times: 2, status: 404, body });
    expect(await stage.processJob(byId(ada))).toBe(true);
    expect(stage.calls()).toEqual([
      'labelContact 404',
      'findOrCreateLabel 200',
      'labelContact 404',
    ]);
    expect(stage.logged('job').at(-1)).toMatchObject({ outcome: 'retry', reason: 'transient' });
    expect(await stage.again(FIRST_DELAY * 1000)).toEqual([false]);
    expect(stage.wix.labelNamesOf(ada)).toEqual(['Customer']);
    expect(await stage.deadLetters()).toEqual([]);
  });

  test('a label deleted by a person and made again is put again, however recently it was put', async () => {
    stage = await openAnswers();
    const { ada } = stage;
    const bob = stage.wix.addContact({ email: 'bob@example.com' });
    await stage.processJob(byId(ada));
    stage.wix.deleteLabel(stage.wix.contact(ada)?.info.labelKeys.items[0] ?? '');
    await stage.processJob(byId(bob, { id: 'b'.repeat(64) }));
    await stage.processJob(byId(ada, { id: 'c'.repeat(64) }));
    expect(stage.wix.labelNamesOf(ada)).toEqual(['Customer']);
  });

  test('and there is no room to make it again: dead for the quota', async () => {
    stage = await openAnswers({ labelsQuota: 1 });
    const { ada } = stage;
    await stage.processJob(byId(ada));
    stage.wix.deleteLabel(stage.wix.contact(ada)?.info.labelKeys.items[0] ?? '');
    await stage.processJob(byId(ada, { add: ['VIP'], id: 'b'.repeat(64) }));
    const bob = stage.wix.addContact({ email: 'bob@example.com' });
    expect(await stage.processJob(byId(bob, { id: 'c'.repeat(64) }))).toBe(false);
    expect(await stage.deadLetters()).toMatchObject([
      { body: { add: ['Customer'] }, attributes: { reason: 'labels-quota-reached' } },
    ]);
  });

  test('what was done before the answer that ends it is not in the dead letter', async () => {
    stage = await openAnswers();
    const { ada } = stage;
    await stage.processJob(byId(ada, { add: ['Old'] }));
    const body = envelope('UNIMPLEMENTED');
    const times = Number.POSITIVE_INFINITY;
    stage.wix.fault({ operation: 'unlabelContact', times, status: 501, body });
    const job = byId(ada, { add: ['New'], remove: ['Old'], id: 'b'.repeat(64) });
    await stage.processJob(job);
    await stage.toTheEnd();
    expect(stage.wix.labelNamesOf(ada)).toEqual(['New', 'Old']);
    expect((await stage.deadLetters()).map(({ body }) => body)).toEqual([{ ...job, add: [] }]);
  });

  test('what a spent job had done before is not in its dead letter either', async () => {
    stage = await openAnswers();
    const { ada } = stage;
    await stage.processJob(byId(ada, { add: ['Old'] }));
    const fault = { operation: 'unlabelContact', status: 500, body: '' } as const;
    stage.wix.fault({ ...fault, times: Number.POSITIVE_INFINITY });
    const job = byId(ada, { add: ['New'], remove: ['Old'], id: 'b'.repeat(64) });
    expect(await stage.processJob(job)).toBe(true);
    expect(await stage.again(3 * DAY)).toEqual([true]);
    expect(await stage.again(15 * MINUTE)).toEqual([true]);
    expect(await stage.again(15 * MINUTE)).toEqual([false]);
    expect((await stage.deadLetters()).map(({ body }) => body)).toEqual([{ ...job, add: [] }]);
  });

  test('a label that stays on after Unlabel said 200 is reported, not believed', async () => {
    stage = await openAnswers();
    const { ada } = stage;
    await stage.processJob(byId(ada));
    const labelKeys = stage.wix.contact(ada)?.info.labelKeys.items ?? [];
    const body = { contact: { id: ada, info: { labelKeys: { items: labelKeys } } } };
    const times = Number.POSITIVE_INFINITY;
    stage.wix.fault({ operation: 'unlabelContact', times, status: 200, body });
    await stage.processJob(byId(ada, { add: [], remove: ['Customer'], id: 'b'.repeat(64) }));
    await stage.toTheEnd();
    expect(await stage.deadLetters()).toMatchObject([
      { attributes: { reason: 'label-not-applied', operation: 'unlabelContact' } },
    ]);
  });
});

describe('428', () => {
  test('LABELS_QUOTA_REACHED: what exists is applied, the rest is dead with both numbers', async () => {
    stage = await openAnswers({ labelsQuota: 1 });
    const { ada } = stage;
    const job = byId(ada, { add: ['Customer', 'VIP', 'Gold'] });
    expect(await stage.processJob(job)).toBe(false);
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
          detail: 'The site has 1 of 1 labels. Delete labels, wait ten minutes, then replay.',
        },
      },
    ]);
    expect(stage.logged('labels-quota-reached')).toHaveLength(1);
  });

  test('then no unknown name is tried on that site for ten minutes', async () => {
    stage = await openAnswers({ labelsQuota: 1 });
    const { ada } = stage;
    await stage.processJob(byId(ada, { add: ['Customer', 'VIP'] }));
    stage.wix.clearCalls();
    await stage.processJob(byId(ada, { add: ['VIP'], id: 'b'.repeat(64) }));
    expect(stage.calls()).toEqual([]);
    stage.pass(10 * MINUTE);
    await stage.processJob(byId(ada, { add: ['VIP'], id: 'c'.repeat(64) }));
    expect(stage.calls()).toEqual(['findOrCreateLabel 428', 'queryLabels 200']);
    expect(await stage.deadLetters()).toHaveLength(3);
  });

  test('a worker that is new to a full site still finds the labels that exist', async () => {
    stage = await openAnswers({ labelsQuota: 1 });
    const { ada } = stage;
    const bob = stage.wix.addContact({ email: 'bob@example.com' });
    await stage.processJob(byId(ada));
    stage.restart();
    await stage.processJob(byId(bob, { add: ['VIP', 'Customer'], id: 'b'.repeat(64) }));
    expect(stage.wix.labelNamesOf(bob)).toEqual(['Customer']);
    expect((await stage.deadLetters()).map(({ body }) => (body as LabelJob).add)).toEqual([
      ['VIP'],
    ]);
  });

  test('what was to be removed and is no label is done: that needs no room', async () => {
    stage = await openAnswers({ labelsQuota: 1 });
    const { ada } = stage;
    await stage.processJob(byId(ada, { add: ['Customer'] }));
    stage.restart();
    await stage.processJob(byId(ada, { add: ['VIP'], remove: ['Gone'], id: 'b'.repeat(64) }));
    expect((await stage.deadLetters()).map(({ body }) => body)).toMatchObject([
      { add: ['VIP'], remove: [] },
    ]);
    expect(stage.logged('job').at(-1)).toMatchObject({ outcome: 'done', inPlace: ['Gone'] });
  });

  test('a quota that came up under a find that was under way stays', async () => {
    stage = await openAnswers();
    const { ada } = stage;
    const bob = stage.wix.addContact({ email: 'bob@example.com' });
    const quota = envelope('LABELS_QUOTA_REACHED', { labelsQuota: '1', labelsCurrentTotal: '1' });
    stage.wix.fault({ operation: 'findOrCreateLabel', status: 428, body: quota });
    await stage.send(byId(ada, { add: ['New'] }));
    await stage.send(byId(bob, { add: ['Old'], id: 'b'.repeat(64) }));
    await stage.work(await stage.take());
    stage.wix.clearCalls();
    await stage.processJob(byId(ada, { add: ['Newer'], id: 'c'.repeat(64) }));
    expect(stage.calls()).toEqual(['queryLabels 200']);
  });

  test.each(['findOrCreateLabel', 'labelContact'] as const)(
    'another code at %s: dead',
    async (operation) => {
      stage = await openAnswers();
      const { ada } = stage;
      const body = envelope('REQUIRED_APP_NOT_INSTALLED');
      stage.wix.fault({ operation, status: 428, body, times: Number.POSITIVE_INFINITY });
      if (await stage.processJob(byId(ada))) await stage.toTheEnd();
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
    'at %s, no old key named: dead, of a new key in time, and it says which field',
    async (operation) => {
      stage = await openAnswers();
      const body = {
        message: 'bad',
        details: { validationError: { fieldViolations: [{ field: 'displayName' }] } },
      };
      stage.wix.fault({ operation, status: 400, body, times: Number.POSITIVE_INFINITY });
      expect(await stage.processJob(aJob())).toBe(operation === 'labelContact');
      expect(stage.calls().filter((call) => call.startsWith(operation))).toHaveLength(1);
      if (operation === 'labelContact') await stage.toTheEnd();
      expect(await stage.deadLetters()).toMatchObject([
        { attributes: { reason: 'bad-request', operation, detail: 'Refused: displayName.' } },
      ]);
    },
  );
});
