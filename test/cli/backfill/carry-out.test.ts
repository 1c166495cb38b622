import { expect, test } from '@jest/globals';
import { carryOut } from '../../../cli/commands/backfill/carry-out.ts';
import type { Customer } from '../../../cli/commands/backfill/customers.ts';
import { planFor } from '../../../cli/commands/backfill/plan.ts';
import { backfillStage } from '../../support/backfill-stage.ts';

const customer = (email: string, label: string): Customer => ({
  email,
  spellings: new Set([email]),
  orders: 1,
  latest: { at: 0, contact: { email } },
  changes: [{ at: 0, tie: email, add: [label], remove: [] }],
});

/** A plan that creates the customers who are no contacts, as far as `found` knows. */
const planOf = (customers: readonly Customer[], found: Readonly<Record<string, string>> = {}) => {
  const contacts = new Map(
    Object.entries(found).map(([email, id]) => [email, { id, labelKeys: [] }]),
  );
  return planFor(customers, { contacts, keys: new Map(), live: new Map() }, 'create');
};

/** What Wix says of a contact that it knows under another address. */
const duplicateOf = (duplicateContactId: string) => ({
  operation: 'createContact' as const,
  status: 409,
  body: {
    message: 'Duplicate',
    details: {
      applicationError: { code: 'DUPLICATE_CONTACT_EXISTS', data: { duplicateContactId } },
    },
  },
});

/** A contact with two addresses, as a person merges them. */
function ada({ wix }: Awaited<ReturnType<typeof backfillStage>>, one: string, other: string) {
  const [id, source] = [one, other].map((email) => wix.addContact({ email })) as [string, string];
  wix.mergeContacts(source, id);
  return id;
}

test('one who turns out to be a contact that is labelled anyway gets the labels of both', async () => {
  const stage = await backfillStage();
  const id = ada(stage, 'ada@example.com', 'ada@work.example');
  stage.wix.fault(duplicateOf(id));
  const customers = [customer('ada@example.com', 'First'), customer('ada@work.example', 'Second')];

  const plan = planOf(customers, { 'ada@example.com': id });
  const { applied } = await carryOut(plan, new Map(), await stage.site());

  expect(stage.wix.labelNamesOf(id)).toEqual(['First', 'Second']);
  expect([...applied.done]).toEqual([id]);
  expect(stage.asked('createContact')).toBe(1);
});

test('two who turn out to be one contact are one wish', async () => {
  const stage = await backfillStage();
  const id = ada(stage, 'ada@example.com', 'ada@work.example');
  stage.wix.fault({ ...duplicateOf(id), times: 2 });
  const customers = ['ada@example.com', 'ada@work.example'].map((email) => customer(email, 'VIP'));

  const { created, wishes } = await carryOut(planOf(customers), new Map(), await stage.site());

  expect(created).toBe(1);
  expect(wishes).toEqual([{ contactId: id, add: ['VIP'], remove: [] }]);
  expect(stage.asked('labelContact')).toBe(1);
});

test('a contact that Wix refuses to make is told, and the others are made', async () => {
  const stage = await backfillStage();
  stage.wix.fault({ operation: 'createContact', status: 400 });
  const customers = ['a', 'b'].map((name) => customer(`${name}@example.com`, 'VIP'));

  const { applied, created } = await carryOut(planOf(customers), new Map(), await stage.site());

  expect(created).toBe(1);
  expect([...applied.failed]).toEqual([['a@example.com', 'bad-request']]);
  expect(applied.done.size).toBe(1);
});

test('a contact that Wix names for a shared phone gets nothing: the customer is made without it', async () => {
  const stage = await backfillStage();
  const mother = stage.wix.addContact({ email: 'mother@example.com', phone: '+12025550102' });
  stage.wix.fault(duplicateOf(mother));
  const son = customer('son@example.com', 'VIP');
  son.latest = { at: 0, contact: { email: 'son@example.com', phone: '+12025550102' } };

  const { wishes } = await carryOut(planOf([son]), new Map(), await stage.site());

  const made = stage.wix.contacts().find(({ primaryInfo }) => primaryInfo.email === son.email);
  expect(wishes).toEqual([{ contactId: made?.id, add: ['VIP'], remove: [] }]);
  expect(made?.primaryInfo.phone).toBeUndefined();
  expect(stage.wix.labelNamesOf(mother)).toEqual([]);
});

test('where Wix insists on somebody else, the customer is told of and nobody is labelled', async () => {
  const stage = await backfillStage();
  const mother = stage.wix.addContact({ email: 'mother@example.com' });
  stage.wix.fault({ ...duplicateOf(mother), times: 2 });

  const plan = planOf([customer('son@example.com', 'VIP')]);
  const { applied } = await carryOut(plan, new Map(), await stage.site());

  expect([...applied.failed]).toEqual([['son@example.com', 'DUPLICATE_CONTACT_EXISTS']]);
  expect(stage.wix.labelNamesOf(mother)).toEqual([]);
});
