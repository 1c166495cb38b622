import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type EngineProcess,
  earmark,
  earmarkHere,
  startEarmark,
  startEngineProcess,
} from '../support/earmark.ts';
import { until } from '../support/until.ts';

let engine: EngineProcess;
beforeAll(async () => {
  engine = await startEngineProcess({ WIX_REQUESTS_PER_MINUTE: '180' });
});
afterAll(() => engine.stop());
afterEach(() => engine.simulator('faults', { method: 'DELETE' }));

const doctor = (...args: string[]) => earmarkHere(['doctor', ...args], engine);

async function fault(operation: string, answer: object): Promise<void> {
  const body = JSON.stringify({ operation, times: null, ...answer });
  await engine.simulator('faults', { method: 'POST', body });
}

/** What was asked of Wix so far, and how it answered. */
async function calls(): Promise<readonly [operation: string, status: number][]> {
  const made = (await engine.simulator('calls')) as unknown as {
    calls: { operation: string; status: number }[];
  };
  return made.calls.map(({ operation, status }) => [operation, status]);
}

/** The lines of findings that are not well, with what to do. */
const troubles = (out: string): string[] => out.match(/ {2}[!✗] .*\n(?: {6}.*)?/g) ?? [];

describe('a healthy engine', () => {
  test('passes, and nothing is changed by looking', async () => {
    // Arrange
    const look = async () => [await engine.simulator('contacts'), await engine.simulator('labels')];
    const before = await look();
    const earlier = await calls();

    // Act
    const { code, out, err } = await earmark(['doctor'], engine);

    // Assess
    expect({ code, err, troubles: troubles(out) }).toEqual({ code: 0, err: '', troubles: [] });
    expect(out).toContain('the local engine: 27 passed, 0 warnings, 0 failed.');
    expect(await look()).toEqual(before);
    const made = (await calls()).slice(earlier.length);
    expect(made.toSorted()).toEqual([
      ['findOrCreateLabel', 200], // of a label that is there
      ['labelContact', 404], // of nobody
      ['queryContacts', 200],
      ['queryLabels', 200],
      ['queryMembers', 200],
      ['unknown', 404], // what the time is
    ]);
  });

  test('as JSON', async () => {
    // Act
    const { code, out, err } = await doctor('--json');

    // Assess
    const { target, passed, checks } = JSON.parse(out);
    expect({ code, err, target, passed }).toEqual({
      code: 0,
      err: '',
      target: 'the local engine',
      passed: true,
    });
    expect(checks).toContainEqual({ about: 'Queues', status: 'pass', what: 'no dead letters' });
  });
});

describe('what is wrong at Wix is said in one line, with what to do', () => {
  test('an API key that Wix refuses', async () => {
    await fault('any', { status: 401 });

    const { code, out } = await doctor();

    expect(code).toBe(1);
    const [first = '', ...others] = troubles(out);
    expect(first).toContain('✗ Wix refuses WIX_API_KEY: Wix answered 401 UNAUTHENTICATED');
    expect(first).toContain('make a new one in the API Keys Manager');
    expect(others.every((line) => line.startsWith('  ! not known: whether'))).toBe(true);
  });

  test.each([
    ['queryContacts', '✗ contacts cannot be read', 'Manage Contacts'],
    ['labelContact', '✗ contacts cannot be labelled', 'Manage Contacts'],
    ['findOrCreateLabel', '✗ labels cannot be found or made', 'Manage Contact Labels'],
  ])('%s is not permitted', async (operation, line, permission) => {
    await fault(operation, { status: 403 });

    const { code, out } = await doctor();

    expect(code).toBe(1);
    expect(troubles(out)).toEqual([
      `  ${line}: Wix answered 403 PERMISSION_DENIED\n      Allow "${permission}" in the account's API Keys Manager, and see that the key is for this site.`,
    ]);
  });

  test('members that may not be read are a warning: few need them', async () => {
    await fault('queryMembers', { status: 403 });

    const { code, out } = await doctor();

    expect(code).toBe(0);
    expect(troubles(out)).toEqual([
      expect.stringMatching(/! members cannot be read; only events .*\n.*Allow "Read Members"/),
    ]);
  });

  test('a site that is full of labels', async () => {
    const data = { labelsQuota: '100', labelsCurrentTotal: '100' };
    const details = { applicationError: { code: 'LABELS_QUOTA_REACHED', data } };
    await fault('findOrCreateLabel', { status: 428, body: { message: 'full', details } });

    const { code, out } = await doctor();

    expect(code).toBe(1);
    expect(troubles(out)).toEqual([
      expect.stringMatching(/✗ the site is full: 100 labels of 100\n.*Delete labels at Wix/),
    ]);
  });

  test('Wix that breaks off is reported as such', async () => {
    await fault('any', { drop: true });

    const { code, out } = await doctor();

    expect(code).toBe(1);
    expect(troubles(out)[0]).toMatch(/✗ Wix cannot be reached: ECONNRESET\n.*WIX_API_URL/);
  });
});

test('a dead letter is a warning that says how to list it', async () => {
  // Arrange
  const authorization = `Bearer ${engine.state.signingSecrets.custom}`;
  await fetch(`${engine.state.url}/webhooks/custom`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: 'no JSON',
  });

  // Act
  const { code, out } = await doctor();

  // Assess
  expect(code).toBe(0);
  expect(troubles(out)).toEqual([
    expect.stringMatching(
      /! 1 dead letter: an event that .*\n.*\.\/earmark dead-letters list says why/,
    ),
  ]);
});

test('without an engine this machine is checked all the same', async () => {
  // Act
  const { code, out } = await earmark(['doctor'], { cwd: '/' });

  // Assess
  expect(code).toBe(3);
  expect(out).toContain('✗ There is no file rules.yml.');
  expect(out).toMatch(/✗ The local engine does not run\.\n.*npm start/);
});

test('Ctrl-C is not taken for checks that failed', async () => {
  // Arrange
  await fault('queryMembers', { delayMs: 15_000 });
  const earlier = (await calls()).length;
  const { child, finished } = startEarmark(['doctor'], engine);
  await until(async () => (await calls()).length > earlier);

  // Act
  child.kill('SIGINT');

  // Assess
  expect(await finished).toEqual({ code: 130, out: '', err: 'Stopped.\n' });
});
