import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { WixError } from '../../lib/wix/calls/failure.ts';
import type { WixContact } from '../../lib/wix/contacts.ts';
import type { WixSite } from '../../lib/wix/site.ts';
import { createWixSimulator } from '../../simulators/wix/simulator.ts';
import { createFakeWix } from '../support/fake-wix.ts';
import { APP, SITE_ID } from '../support/jobs.ts';
import { openWix } from '../support/wix-client.ts';

// Most tests of the worker run on the fake, which is plain memory. It must answer as the simulated Wix
// does, which a contract test holds against Wix's own SDK.

const MEMBER = '00000000-0000-4000-8000-0000000000aa';
const STRANGER = '00000000-0000-4000-8000-0000000000bb';
const QUOTA = 2;

/** One of the two, its labels by name, and what a person at the dashboard does to it. */
interface Side {
  readonly site: WixSite;
  labels(): ReadonlyMap<string, string>;
  deleteLabel(name: string): void;
  merge(source: string, target: string): void;
}

function openSides(): { readonly ids: readonly string[]; readonly sides: readonly Side[] } {
  const fake = createFakeWix();
  fake.hooks.labelsQuota = QUOTA;
  const simulator = createWixSimulator({ app: APP, labelsQuota: QUOTA });
  const labels = (): ReadonlyMap<string, string> =>
    new Map(
      simulator
        .labels()
        .filter(({ labelType }) => labelType === 'USER_DEFINED')
        .map(({ displayName, key }) => [displayName, key]),
    );
  // The first two have one address.
  const ids = ['ada', 'ada', 'bob'].map((name, index) => {
    const email = `${name}@example.com`;
    const memberId = index === 0 ? MEMBER : undefined;
    const id = simulator.addContact({ email, memberId });
    const createdDate = simulator.contact(id)?.createdDate ?? '';
    return fake.addContact(id, { emails: [email], memberId, createdDate });
  });
  const simulated: Side = {
    site: openWix(simulator)(SITE_ID),
    labels,
    deleteLabel: (name) => simulator.deleteLabel(labels().get(name) ?? ''),
    merge: simulator.mergeContacts,
  };
  return { ids, sides: [{ ...fake, labels: () => fake.labels }, simulated] };
}

/** Keys differ from side to side: each is shown by the name that it has or had. */
function namesOf(side: Side) {
  const names = new Map<string, string>();
  const look = (): void => {
    for (const [name, key] of side.labels()) names.set(key, name);
  };
  return {
    look,
    show: (key: string): string => names.get(key) ?? 'unknown',
    /** The first key of a name, which may be of no label any more. */
    keyOf: (name: string): string =>
      [...names].find(([, its]) => its === name)?.[0] ?? `no key of ${name}`,
  };
}
type Names = ReturnType<typeof namesOf>;

type Step =
  | { readonly ask: keyof WixSite; readonly label: string; readonly person: number }
  | { readonly deleteLabel: string }
  | { readonly merge: readonly [source: number, target: number] };

const label = fc.constantFrom('Customer', 'VIP', 'ada');
const person = fc.nat({ max: 3 });
const operation = fc.constantFrom<keyof WixSite>(
  'findOrCreateLabel',
  'queryLabels',
  'labelContact',
  'unlabelContact',
  'getContact',
  'queryContacts',
  'createContact',
  'getMemberContact',
  'queryMemberContacts',
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ ask: operation, label, person }) },
  { weight: 1, arbitrary: fc.record({ deleteLabel: label }) },
  // Wix merges no member into another contact.
  { weight: 1, arbitrary: fc.record({ merge: fc.constantFrom([1, 0], [2, 0], [1, 2], [2, 1]) }) },
) as fc.Arbitrary<Step>;

const shown = ({ labelKeys, emails, ...contact }: WixContact, { show }: Names) => ({
  ...contact,
  emails: [...new Set(emails)],
  labelKeys: labelKeys.map(show).sort(),
});

/** Asks a side, and shows the answer or the failure as far as both sides must agree. */
async function ask(
  { ask: operation, label: name, person: index }: Extract<Step, { ask: unknown }>,
  { site }: Side,
  names: Names,
  ids: readonly string[],
): Promise<unknown> {
  const id = ids[index] ?? STRANGER;
  const keys = [names.keyOf(name)];
  const answers: { readonly [Name in keyof WixSite]: () => unknown } = {
    findOrCreateLabel: async () => {
      const key = await site.findOrCreateLabel(name);
      names.look();
      return names.show(key);
    },
    queryLabels: async () => [...(await site.queryLabels([name, 'Nobody'])).keys()],
    labelContact: async () => (await site.labelContact(id, keys)).map(names.show).sort(),
    unlabelContact: async () => (await site.unlabelContact(id, keys)).map(names.show).sort(),
    getContact: async () => {
      const contact = await site.getContact(id);
      return contact && shown(contact, names);
    },
    queryContacts: async () => {
      const { contacts, complete } = await site.queryContacts({
        by: 'email',
        values: ['ada@example.com', 'bob@example.com', 'nobody@example.com'],
      });
      return { complete, contacts: contacts.map((contact) => shown(contact, names)) };
    },
    createContact: async () => {
      const { id, duplicate } = await site.createContact({ email: `${name}@example.com` });
      const duplicated = duplicate && { code: duplicate.code, status: duplicate.status };
      return { id: ids.includes(id) ? id : 'a new one', duplicated };
    },
    getMemberContact: () => site.getMemberContact(index === 0 ? MEMBER : STRANGER),
    queryMemberContacts: async () => [...(await site.queryMemberContacts([MEMBER, STRANGER]))],
  };
  try {
    return { answer: await answers[operation]() };
  } catch (error) {
    if (!(error instanceof WixError)) throw error;
    const { operation: asked, kind, status, code } = error.failure;
    return { failure: { asked, kind, status, code } };
  }
}

/** Takes the same steps at both sides, and holds each answer of the one against the other's. */
async function expectSame(steps: readonly Step[]): Promise<void> {
  const { ids, sides } = openSides();
  const here = new Set(ids);
  const known = sides.map(namesOf);
  for (const one of steps) {
    for (const names of known) names.look();
    if ('ask' in one) {
      const [fake, simulated] = await Promise.all(
        sides.map((side, index) => ask(one, side, known[index] as Names, ids)),
      );
      expect({ ...one, gives: fake }).toEqual({ ...one, gives: simulated });
    } else if ('merge' in one) {
      const [source = '', target = ''] = one.merge.map((index) => ids[index]);
      if (!here.has(source) || !here.has(target)) continue;
      here.delete(source);
      for (const side of sides) side.merge(source, target);
    } else if (sides.every((side) => side.labels().has(one.deleteLabel))) {
      for (const side of sides) side.deleteLabel(one.deleteLabel);
    }
  }
}

test('the fake answers as the simulated Wix does', async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 25 }), expectSame), {
    numRuns: 300,
  });
});

test('a contact that is made after a merge takes no id of another', async () => {
  const create = (label: string): Step => ({ ask: 'createContact', label, person: 0 });
  await expectSame([create('Customer'), { merge: [1, 0] }, create('VIP'), create('Customer')]);
});
