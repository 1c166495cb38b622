import { expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { carryOut } from '../../../cli/commands/backfill/carry-out.ts';
import type { Customer } from '../../../cli/commands/backfill/customers.ts';
import { findContacts } from '../../../cli/commands/backfill/find-contacts.ts';
import { planFor } from '../../../cli/commands/backfill/plan.ts';
import { backfillStage } from '../../support/backfill-stage.ts';
import { type Naming, openSite, person, referenceOf } from '../../support/households.ts';

jest.setTimeout(60_000);

const customer = fc.record({
  email: fc.nat({ max: 3 }),
  phone: fc.option(fc.integer({ min: -1, max: 2 }), { nil: undefined }),
  how: fc.nat({ max: 100 }),
});

const customerOf = (naming: Naming, n: number): Customer => {
  const contact = referenceOf(naming, []);
  const email = referenceOf({ ...naming, how: 0 }, []).email ?? '';
  return {
    email,
    spellings: new Set([contact.email ?? '']),
    orders: 1,
    latest: { at: 0, contact },
    changes: [{ at: 0, tie: email, add: [`${n}`], remove: [] }],
  };
};

test('no old order labels somebody whom it does not name, in a site of households', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(person, { minLength: 2, maxLength: 6 }),
      fc.uniqueArray(customer, { minLength: 1, maxLength: 4, selector: ({ email }) => email }),
      fc.boolean(),
      async (people, wanted, duplicatesByPhone) => {
        const stage = await backfillStage({ duplicatesByPhone });
        const site = openSite(stage.wix);
        for (const one of people) site.add(one);
        const namings = wanted.map(
          ({ phone, ...rest }): Naming => (phone === undefined ? rest : { ...rest, phone }),
        );
        const before = namings.map((one) => site.named(one, true));
        const atSite = await stage.site();
        const customers = namings.map(customerOf);

        const { contacts } = await findContacts(atSite.wix, customers, atSite.journal, () => {});
        const plan = planFor(customers, { contacts, keys: new Map(), live: new Map() }, 'create');
        await carryOut(plan, new Map(), atSite);

        for (const [n, { email }] of customers.entries()) {
          const found = contacts.get(email)?.id;
          if (found !== undefined) expect([...(before[n] ?? [])]).toContain(found);
          else expect(before[n]?.size).toBe(0);
          const labelled = stage.wix
            .contacts()
            .filter(({ id }) => stage.wix.labelNamesOf(id).includes(`${n}`));
          const now = site.named(namings[n] ?? { how: 0 }, false);
          expect(labelled.filter(({ id }) => !now.has(id))).toEqual([]);
          expect(labelled).toHaveLength(1);
        }
      },
    ),
    { numRuns: 60 },
  );
});
