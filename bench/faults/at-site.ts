import { API_KEY } from '../../simulators/deployment/distant-wix.ts';
import { SITE, START } from '../../simulators/deployment/simulation.ts';
import type { After, FaultCase } from './fault.ts';
import type { Person } from './history.ts';
import type { FaultStage, Interceptor } from './stage.ts';
import { BASE_NAMES, NEW_NAMES } from './traffic.ts';

// What people do at the site by hand, and what happens there late.

const MINUTE = 60_000;
const LATE_MS = 10 * MINUTE;
const APART: readonly [number, number] = [20_000, 60_000];

const pick = <T>(list: readonly T[], random: () => number): T | undefined =>
  list[Math.floor(random() * list.length)];

const CONTACT_NOT_FOUND = JSON.stringify({
  message: 'Contact not found',
  details: { applicationError: { code: 'CONTACT_NOT_FOUND', description: '', data: {} } },
});

/** The person's contact cannot be found until then, neither by address nor by an id that an event has too early. */
function comeLate({ it, intercept }: FaultStage, person: Person, at: number): void {
  const { simulator } = it.wix;
  const { contactId, by } = person;
  if (contactId === undefined) return;
  if (by.contactId) {
    const unseen: Interceptor = ({ path }, operate) =>
      path.includes(contactId) ? { status: 404, headers: {}, body: CONTACT_NOT_FOUND } : operate();
    intercept({ from: START, until: at }, unseen);
    return;
  }
  simulator.removeContact(contactId);
  person.contactId = undefined;
  it.clock.at(at, () => {
    person.contactId = simulator.addContact(by);
  });
}

/** Makes the contacts late of all people whose first event comes early enough in the fault. */
function makeLate(stage: FaultStage, { from, until }: { from: number; until: number }): void {
  for (const [index, person] of stage.people.entries()) {
    const first = stage.trafficEvents.find((one) => one.person === index);
    const at = START + (first?.at ?? 0);
    if (at >= from && at + LATE_MS <= until) comeLate(stage, person, at + LATE_MS);
  }
}

/** Merges one of the people into a contact that no event was about. Wix merges no members. */
function mergeOne({ it, people, history, random }: FaultStage): void {
  const { simulator } = it.wix;
  const person = pick(people, random);
  if (person?.contactId === undefined || person.by.memberId) return;
  const into = simulator.addContact({ firstName: 'The other one' });
  const { contactId } = person;
  history.byHand(() => {
    simulator.mergeContacts(contactId, into);
    person.contactId = into;
  });
}

function deleteLabel({ it, history }: FaultStage, name: string | undefined): void {
  const { simulator } = it.wix;
  const label = simulator.labels(SITE).find(({ displayName }) => displayName === name);
  if (label) history.byHand(() => simulator.deleteLabel(label.key, SITE));
}

/** Labels of no use, which are deleted to make room for as many new ones. */
const JUNK = NEW_NAMES.map((_, index) => `Junk ${index + 1}`);

async function fill(stage: FaultStage, until: number): Promise<void> {
  for (const displayName of [...BASE_NAMES, ...JUNK]) {
    await stage.it.wix.simulator.handle({
      method: 'POST',
      url: '/contacts/v4/labels',
      headers: { authorization: API_KEY, 'wix-site-id': SITE },
      body: JSON.stringify({ displayName }),
    });
  }
  stage.it.clock.at(until, () => {
    for (const name of JUNK) deleteLabel(stage, name);
  });
}

/** How long a full site may delay a job whose labels exist, and a dead letter that it causes. */
const AT_ONCE_MS = 3 * MINUTE;
const PROBE_MS = 10 * MINUTE;

function checkQuota({ span, deadLetters, labels, arrivals, log }: After): readonly string[] {
  const total = BASE_NAMES.length + JUNK.length;
  const deadLetterTimes = deadLetters.map(({ sentAt, body, attributes }) => ({
    afterMs: sentAt - Date.parse(JSON.parse(body).cause.receivedAt),
    sinceLiftedMs: sentAt - span.until,
    hasNumbers: attributes.detail?.StringValue?.includes(`${total} of ${total}`) ?? false,
  }));
  const slow = labels
    .filter(({ name }) => BASE_NAMES.includes(name))
    .flatMap(({ requests }) => requests)
    .filter(({ doneAt, sentAt }) => doneAt !== undefined && doneAt - sentAt > AT_ONCE_MS);
  const asks = arrivals.filter(({ status }) => status === 428).length;
  // Two processes, each at once and then once in ten minutes.
  const most = 2 * (2 + (span.until - span.from) / PROBE_MS);
  const claims: readonly (readonly [boolean, string])[] = [
    [deadLetterTimes.length > 0, 'no dead letter names the quota'],
    [deadLetterTimes.every(({ hasNumbers }) => hasNumbers), 'a dead letter lacks the numbers'],
    [deadLetterTimes.every(({ afterMs }) => afterMs < AT_ONCE_MS), 'a dead letter came late'],
    [
      deadLetterTimes.every(({ sinceLiftedMs }) => sinceLiftedMs < PROBE_MS + MINUTE),
      'it went on for over ten minutes',
    ],
    [slow.length === 0, `${slow.length} labels that the site had came late`],
    [asks <= most, `${asks} calls were answered 428`],
    [log.lines('labels-quota-lifted').length > 0, 'no line logs that there is room again'],
  ];
  return claims.filter(([holds]) => !holds).map(([, problem]) => problem);
}

export const AT_SITE: readonly FaultCase[] = [
  {
    name: 'quota',
    what: 'no room for new labels for an hour',
    minutes: 60,
    settings: { labelsQuota: BASE_NAMES.length + JUNK.length },
    traffic: { newNamesFrom: 30 },
    deadLetters: ['labels-quota-reached'],
    begin: (stage, { until }) => fill(stage, until),
    check: checkQuota,
  },
  {
    name: 'late',
    what: 'contacts appear ten minutes after their first event',
    minutes: 60,
    eventsEach: 2,
    begin: makeLate,
  },
  {
    name: 'merged',
    what: 'contacts are merged into others for an hour',
    minutes: 60,
    begin: (stage, span) => stage.often(span, APART, () => mergeOne(stage)),
  },
  {
    name: 'deleted',
    what: 'labels are deleted by hand for an hour, one after the other',
    minutes: 60,
    eventsEach: 20,
    // A label may be deleted again between the call that finds it and the call that adds it.
    deadLetters: ['label-unknown'],
    begin: (stage, span) =>
      stage.often(span, APART, () => deleteLabel(stage, pick(BASE_NAMES, stage.random))),
  },
];
