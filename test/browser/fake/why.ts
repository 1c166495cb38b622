/** As \`earmark why --json\` has it (cli/commands/why/run.ts). */
export const WHY = {
  labels: [
    {
      name: 'Customer',
      on: true,
      should: 'on',
      condition: 'history.orders.exists(o, o.paid)',
      onSince: '2026-11-28T12:00:00.000Z',
      changesAt: '2031-11-29T00:28:00.000Z',
      facts: [{ words: 'order #1001 of shopify (249.00 USD, 1 item, paid 2026-11-28)' }],
    },
    {
      name: 'Gold',
      on: false,
      should: 'off',
      condition: 'history.within("365d").spent("USD") >= 1000.0',
      facts: [],
    },
  ],
  facts: [{ words: 'order #1001 of shopify (249.00 USD, 1 item, paid 2026-11-28)' }],
  waiting: [],
  nextLook: '2031-11-29T00:28:00.000Z',
};
