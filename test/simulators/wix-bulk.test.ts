import { describe, expect, test } from '@jest/globals';
import type { ContactChange, WixSimulatorOptions } from '../../simulators/wix/simulator.ts';
import { codeOf, NOBODY, simulatedWix } from '../support/simulated-wix.ts';

const BULK = 'POST /contacts/v4/bulk/contacts/add-remove-labels';
const QUERY = 'POST /contacts/v4/contacts/query';
const CONTROL = 'POST /_simulator/contacts';

/** Three contacts that are Leads, and a clock. */
async function room(options: WixSimulatorOptions = {}) {
  let time = Date.UTC(2026, 10, 22);
  const changes: ContactChange[] = [];
  const { wix, call, keyOf } = simulatedWix({
    now: () => time,
    onContactUpdated: (change) => changes.push(change),
    ...options,
  });
  const [vip, lead] = [await keyOf('VIP'), await keyOf('Lead')];
  const ids = ['a', 'b', 'c'].map((name) => wix.addContact({ email: `${name}@example.com` }));
  const start = async (body: object) => {
    const answer = await call(BULK, body);
    return { answer, jobId: (answer.body as { jobId: string }).jobId };
  };
  await start({ filter: { id: { $in: ids } }, labelKeysToAdd: [lead] });
  time += 1_000;
  wix.contacts();
  changes.length = 0;
  const pass = (ms: number) => {
    time += ms;
  };
  const indexed = async (id: string) => {
    const { body } = await call(QUERY, { query: { filter: { id } } });
    return (body as { contacts: { info: { labelKeys: { items: string[] } } }[] }).contacts[0]?.info
      .labelKeys.items;
  };
  const first = ids[0] ?? '';
  return { wix, call, vip, lead, ids, first, start, pass, changes, indexed };
}

test('a job labels whom its filter meets, when it is over', async () => {
  const { wix, call, vip, lead, ids, first, start, pass, changes } = await room();

  const { jobId } = await start({
    filter: { id: { $in: ids.slice(0, 2) } },
    labelKeysToAdd: [vip],
    labelKeysToRemove: [lead],
  });
  const running = await call(`GET /contacts/v4/bulk/jobs/${jobId}`);
  const before = wix.labelNamesOf(first);
  pass(1_000);
  const over = await call(`GET /contacts/v4/bulk/jobs/${jobId}`);

  expect(running).toMatchObject({
    status: 200,
    body: { job: { id: jobId, status: 'RUNNING', totalItems: 2, successTotal: 0 } },
  });
  expect(before).toEqual(['Lead']);
  expect(over.body).toMatchObject({
    job: {
      status: 'COMPLETED',
      successTotal: 2,
      failedTotal: 0,
      finishedDate: '2026-11-22T00:00:02.000Z',
    },
  });
  expect(ids.map((id) => wix.labelNamesOf(id))).toEqual([['VIP'], ['VIP'], ['Lead']]);
  expect(changes.map(({ contactId, addedLabelKeys }) => [contactId, addedLabelKeys])).toEqual([
    [ids[0], [vip]],
    [ids[1], [vip]],
  ]);
  expect(wix.contact(first)?.revision).toBe(3);
});

test('a job that changes nothing touches nobody', async () => {
  const { wix, lead, first, start, pass, changes } = await room();

  await start({ filter: { id: first }, labelKeysToAdd: [lead] });
  pass(1_000);

  expect(wix.contact(first)?.revision).toBe(2);
  expect(changes).toEqual([]);
});

test('queries show the labels from before while the index is behind; a read by id does not', async () => {
  const { wix, call, vip, lead, first, start, pass, indexed } = await room({
    bulkJobs: { indexLagMs: 5_000 },
  });

  pass(10_000);
  await start({ filter: { id: first }, labelKeysToAdd: [vip] });
  pass(1_000);
  const byId = await call(`GET /contacts/v4/contacts/${first}`);
  const late = await indexed(first);
  pass(5_000);

  expect(byId.body).toMatchObject({ contact: { info: { labelKeys: { items: [lead, vip] } } } });
  expect(late).toEqual([lead]);
  expect(await indexed(first)).toEqual([lead, vip]);
  expect(wix.labelNamesOf(first)).toEqual(['Lead', 'VIP']);
});

test('the other path and the other counters, and contacts that a job fails on', async () => {
  const unlucky = new Set<string>();
  const { wix, call, vip, ids, first, start, pass } = await room({
    bulkJobs: {
      statusPath: 'bulk/contact/jobs',
      counters: 'counts',
      durationMs: 500,
      fails: (id) => unlucky.has(id),
    },
  });
  unlucky.add(first);

  const { jobId } = await start({ filter: { id: { $in: ids } }, labelKeysToAdd: [vip] });
  pass(500);
  const reference = await call(`GET /contacts/v4/bulk/jobs/${jobId}`);
  const sample = await call(`GET /contacts/v4/bulk/contact/jobs/${jobId}`);

  expect(reference).toMatchObject({ status: 404, body: { details: {} } });
  expect(sample.body).toMatchObject({ job: { processedCount: 2, failedCount: 1 } });
  expect(wix.labelNamesOf(first)).toEqual(['Lead']);
});

describe('refused', () => {
  test.each([
    ['neither filter nor search', {}, 'NEITHER_FILTER_NOR_SEARCH'],
    [
      'a filter on what cannot be filtered',
      { filter: { name: 'x' } },
      'UNSUPPORTED_FILTER_FIELD_UNKNOWN',
    ],
    [
      'a label that is none',
      { filter: { id: NOBODY }, labelKeysToAdd: ['custom.none'] },
      'NOT_FOUND',
    ],
  ])('%s', async (_what, body, code) => {
    const { start } = await room();

    expect(codeOf((await start(body)).answer)).toBe(code);
  });

  test.each([
    [
      'over 100 keys',
      { filter: {}, labelKeysToAdd: Array.from({ length: 101 }, String) },
      'labelKeysToAdd',
    ],
    ['a search, which is not imitated', { search: 'ada' }, 'search'],
  ])('%s', async (_what, body, field) => {
    const { answer } = await (await room()).start(body);

    expect(answer).toMatchObject({
      status: 400,
      body: { details: { validationError: { fieldViolations: [{ field }] } } },
    });
  });

  test('a job that is none', async () => {
    const { call } = await room();

    expect(codeOf(await call(`GET /contacts/v4/bulk/jobs/${NOBODY}`))).toBe('NOT_FOUND');
  });
});

test('contacts are added several at a time by the control endpoint', async () => {
  const { wix, call } = simulatedWix();

  const { body } = await call(CONTROL, [{ email: 'a@example.com' }, { email: 'b@example.com' }]);

  expect(body).toEqual({ ids: wix.contacts().map(({ id }) => id) });
  expect(wix.contacts()).toHaveLength(2);
});
