import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { Context } from 'aws-lambda';
import fc from 'fast-check';
import { createHandler, openWorker } from '../../functions/label.ts';
import type { LabelJob } from '../../lib/queue/job.ts';
import type { Fetch } from '../../lib/runtime/fetch.ts';
import { createWixSimulator, type WixSimulator } from '../../simulators/wix/simulator.ts';
import {
  type Naming,
  naming,
  openSite,
  type Person,
  person,
  referenceOf,
  sentNow,
} from '../support/households.ts';
import { API_KEY, aJob, NO_LIMIT, SITE_ID, START } from '../support/jobs.ts';
import { captureLog } from '../support/log.ts';
import { recordOf } from '../support/records.ts';

beforeEach(() => {
  captureLog();
});
afterEach(() => {
  jest.restoreAllMocks();
});

/** How Wix answers one look-up, or one Create Contact. */
const LIES = [
  'honest',
  /** The filter is ignored. */
  'everybody',
  /** Somebody else comes back. */
  'somebody',
  /** The addresses are left out. */
  'bare',
  /** The index is as it was at the beginning. */
  'behind',
  /** A contact is not made because of anybody. */
  'blames',
] as const;
type Lie = (typeof LIES)[number];

interface Wanted {
  readonly naming: Naming;
  readonly missing: LabelJob['missing'];
}
/** What happens at the site, or comes to the queue, before the worker's next turn. */
type Step =
  | { readonly send: readonly Wanted[] }
  | { readonly merge: readonly [number, number] }
  | { readonly remove: number }
  | { readonly join: Person };
interface Site {
  readonly people: readonly Person[];
  readonly duplicatesByPhone: boolean;
  /** Of the look-ups and Create Contacts, in order and round and round. */
  readonly lies: readonly Lie[];
}

const wanted = fc.record({
  naming,
  missing: fc.constantFrom('wait' as const, 'create' as const, 'ignore' as const),
});
const send = fc.record({ send: fc.array(wanted, { minLength: 1, maxLength: 8 }) });
const anybody = fc.nat({ max: 5 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: send },
  { weight: 1, arbitrary: fc.record({ merge: fc.tuple(anybody, anybody) }) },
  { weight: 1, arbitrary: fc.record({ remove: anybody }) },
  { weight: 1, arbitrary: fc.record({ join: person }) },
);
const siteThat = (lies: fc.Arbitrary<readonly Lie[]>): fc.Arbitrary<Site> =>
  fc.record({
    people: fc.array(person, { minLength: 2, maxLength: 6 }),
    duplicatesByPhone: fc.boolean(),
    lies,
  });
const honest = fc.constant<readonly Lie[]>(['honest']);
const lying = fc.array(fc.constantFrom(...LIES), { minLength: 1, maxLength: 7 });

const MINUTE = 60_000;
const BATCH = 10;
/** Turns of the worker after the last step: what waits is tried again. */
const LAST_TURNS = 4;

/** A `fetch` to the simulated Wix that lies. */
function lyingFetch(wix: WixSimulator, lies: readonly Lie[]): Fetch {
  const before = wix.contacts();
  let asked = 0;
  const answer = (status: number, body: unknown) => ({
    status,
    ok: status === 200,
    headers: { get: () => null },
    text: async () => JSON.stringify(body),
  });
  return async (url, init) => {
    const isLookUp = url.endsWith('/contacts/query');
    const isCreate = url.endsWith('/contacts') && init.method === 'POST';
    if (!isLookUp && !isCreate) return wix.fetch(url, init);
    asked += 1;
    const lie = lies[asked % lies.length];
    const now = wix.contacts();
    const anybody = now[asked % now.length];
    if (isCreate) {
      if (lie !== 'blames' || !anybody) return wix.fetch(url, init);
      const data = { duplicateContactId: anybody.id };
      const applicationError = { code: 'DUPLICATE_CONTACT_EXISTS', data };
      return answer(409, { message: '', details: { applicationError } });
    }
    if (lie === 'everybody') return answer(200, { contacts: now });
    if (lie === 'somebody') return answer(200, { contacts: anybody ? [anybody] : [] });
    if (lie === 'behind') {
      const values: unknown[] = Object.values(JSON.parse(init.body ?? '').query.filter).flatMap(
        (condition) => (condition as { $in: unknown[] }).$in,
      );
      const addresses = ({ info }: (typeof before)[number]) => [
        ...info.emails.items.map(({ email }) => email),
        ...info.phones.items.map(({ phone }) => phone),
      ];
      const found = before.filter((one) => addresses(one).some((its) => values.includes(its)));
      return answer(200, { contacts: found });
    }
    const truth = await wix.fetch(url, init);
    if (lie !== 'bare' || !truth.ok) return truth;
    const { contacts } = JSON.parse(await truth.text()) as { contacts: { id: string }[] };
    return answer(200, { contacts: contacts.map(({ id }) => ({ id })) });
  };
}

/** Lives a history, and holds each label that lands against the event that it is of. */
async function live({ people, duplicatesByPhone, lies }: Site, steps: readonly Step[]) {
  let time = START;
  const jobs: Wanted[] = [];
  /** Whom each job meant when the turn began: another job may make a contact between two look-ups of one. */
  let meant: readonly ReadonlySet<string>[] = [];
  const landed = new Map<number, string>();
  const strayed: string[] = [];
  const isSure = lies.every((lie) => lie === 'honest');
  const whom = (wanted: Wanted) => site.named(wanted.naming, isSure);
  const wix = createWixSimulator({
    apiKey: API_KEY,
    siteId: SITE_ID,
    requestsPerMinute: Number.POSITIVE_INFINITY,
    duplicatesByPhone,
    now: () => time,
    onContactUpdated({ contactId, addedLabelKeys }) {
      for (const key of addedLabelKeys) {
        const index = Number(wix.labels().find((label) => label.key === key)?.displayName);
        const job = jobs[index];
        landed.set(index, contactId);
        const isMeant = job && (meant[index]?.has(contactId) || whom(job).has(contactId));
        if (!isMeant) strayed.push(JSON.stringify({ index, job }));
      }
    },
  });
  const site = openSite(wix);
  for (const one of people) site.add(one);
  const worker = openWorker(
    {
      queueUrl: 'jobs',
      deadLetterQueueUrl: 'dead',
      wixApiUrl: 'http://wix.test',
      credentials: { kind: 'api-key', apiKey: API_KEY },
      ...NO_LIMIT,
    },
    {
      client: { send: async () => ({}) } as never,
      fetch: lyingFetch(wix, lies),
      now: () => time,
      random: () => 0.5,
      sleep: async (ms) => {
        time += ms;
      },
      timeoutSignal: () => new AbortController().signal,
    },
  );
  const handle = createHandler(async () => worker);
  const context = { getRemainingTimeInMillis: () => 60_000 } as Context;
  let queue: ReturnType<typeof recordOf>[] = [];

  async function turn(): Promise<void> {
    meant = jobs.map(whom);
    for (let from = 0; from < queue.length; ) {
      const records = queue.slice(from, from + BATCH);
      const response = await handle({ Records: records }, context);
      const kept = new Set(response?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
      const over = new Set(records.filter(({ messageId }) => !kept.has(messageId)));
      queue = queue.filter((record) => !over.has(record));
      from += kept.size;
    }
    time += MINUTE;
  }

  for (const one of steps) {
    if ('send' in one) {
      for (const job of one.send) {
        const index = jobs.push({ ...job, naming: sentNow(job.naming, site.people) }) - 1;
        const contact = referenceOf(job.naming, site.people);
        const named = { contact, missing: job.missing, add: [`${index}`], at: time };
        queue.push(recordOf(`${index}`, aJob(named)));
      }
    }
    if ('join' in one) site.add(one.join);
    if ('remove' in one) site.remove(one.remove);
    if ('merge' in one) site.merge(...one.merge);
    await turn();
  }
  for (let n = 0; n < LAST_TURNS; n += 1) await turn();
  return { jobs, landed, strayed, whom };
}

/** Some hundred histories are lived in each test. */
const steps = fc.array(step, { minLength: 1, maxLength: 5 });

test('no label lands on somebody whom its event does not name, whatever Wix shows', async () => {
  let labels = 0;
  await fc.assert(
    fc.asyncProperty(siteThat(lying), steps, async (site, history) => {
      const { strayed, landed } = await live(site, history);
      expect(strayed).toEqual([]);
      labels += landed.size;
    }),
    { numRuns: 100 },
  );
  expect(labels).toBeGreaterThan(100);
});

test('nor on anybody but who has the e-mail, where Wix shows them all', async () => {
  await fc.assert(
    fc.asyncProperty(siteThat(honest), steps, async (site, history) => {
      expect((await live(site, history)).strayed).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

/** What the queue goes by. */
const strongest = ({ contact, member, email, phone }: Naming): unknown =>
  contact ?? (member === undefined ? { email, ...(email === undefined && { phone }) } : { member });

test('and everybody who is named at a site where nobody comes or goes gets it', async () => {
  const patient = fc
    .uniqueArray(naming, {
      minLength: 1,
      maxLength: 8,
      // Who comes behind somebody that is waited for waits as well.
      selector: (one) => JSON.stringify(strongest(one)),
    })
    .map((all): Step[] => [{ send: all.map((one) => ({ naming: one, missing: 'wait' })) }]);
  await fc.assert(
    fc.asyncProperty(siteThat(honest), patient, async (site, history) => {
      const { jobs, landed, strayed, whom } = await live(site, history);
      expect(strayed).toEqual([]);
      const due = [...jobs.keys()].filter((index) => jobs[index] && whom(jobs[index]).size > 0);
      expect([...landed.keys()].toSorted((a, b) => a - b)).toEqual(due);
    }),
    { numRuns: 100 },
  );
});
