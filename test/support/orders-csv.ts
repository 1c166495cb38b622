/** A deterministic sequence in [0, 1). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

const PRODUCTS = [
  'Mug',
  'Lamp',
  'Chair',
  'Desk',
  'Rug',
  'Vase',
  'Clock',
  'Shelf',
  'Bench',
  'Stool',
];
const HEADER =
  'Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Currency,Total,Created at,' +
  'Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing Name,Cancelled at,Refunded Amount,Id,Tags';

export const customerEmail = (i: number): string => `customer-${i}@example.com`;

const DAY_MS = 86_400_000;
const shopifyTime = (ms: number): string =>
  new Date(ms).toISOString().replace('T', ' ').replace('.000Z', ' +0000');

/** Orders as Shopify exports them: one row a line item, the order's own columns in the first alone. */
export function shopifyOrders({
  orders,
  customers,
}: {
  orders: number;
  customers: number;
}): string {
  const random = randomFrom(7);
  const pick = (n: number) => Math.floor(random() * n);
  const rows = Array.from({ length: orders }, (_, i) => {
    // Everybody has an order, and some have many.
    const customer = i < customers ? i : pick(customers);
    const at = Date.UTC(2024, 0, 1) + pick(700) * DAY_MS + i * 1000;
    const status = ['paid', 'paid', 'paid', 'paid', 'paid', 'paid', 'paid', 'refunded', 'pending'][
      pick(9)
    ];
    const email = customerEmail(customer);
    const name = `#${1000 + i}`;
    const paidAt = status === 'pending' ? '' : shopifyTime(at);
    const total = (10 + pick(300)).toFixed(2);
    const written = i % 3 === 0 ? email.toUpperCase() : email;
    const first = [name, written, status, paidAt, 'unfulfilled', '', 'USD', total, shopifyTime(at)];
    const last = [`Customer ${customer}`, '', '', String(5_000_000_000 + i), ''];
    const item = () => {
      const product = PRODUCTS[pick(PRODUCTS.length)] ?? '';
      return ['1', product, '10.00', product.toUpperCase()];
    };
    const more =
      pick(3) === 0
        ? [[name, written, '', '', '', '', '', '', '', ...item(), '', '', '', '', '']]
        : [];
    return [[...first, ...item(), ...last], ...more];
  });
  return `${[HEADER, ...rows.flat().map((row) => row.join(','))].join('\n')}\n`;
}
