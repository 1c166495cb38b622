import fc from 'fast-check';
import { CODE_SOURCES, EVENT_TYPES } from '../../lib/events/event.ts';
import type { Rule, RulesConfig } from '../../lib/rules/config.ts';

// A small grammar of expressions that pass the check and may well fail on an event.
export const TEXTS = [
  'event.contact.email',
  'event.contact.lastName',
  'event.order.currency',
  'event.order.items[0].title',
  'event.subscription.planName',
  'event.form.fields["plan"]',
  'event.data.plan',
  'string(event.data.plan)',
  'event.topic.substring(3)',
  '("Plan " + event.data.plan)',
];
export const LISTS = [
  'event.tags',
  'event.order.tags',
  'event.order.items.map(i, "Bought " + i.title)',
  'event.order.items.filter(i, i.price > 10.0).map(i, i.sku)',
  'event.data.map(k, k)',
  'event.data.map(k, event.data[k])',
  'event.contact.email.split("@")',
];
const atoms = [
  'event.test',
  'event.order.total > 100',
  'event.order.items.exists(i, i.quantity > 1.0)',
  'event.order.items.all(i, i.sku != "")',
  'has(event.order)',
  'has(event.data.plan)',
  'bool(event.data.plan)',
  'event.data[event.topic] == 1',
  'event.occurredAt.getHours(event.contact.phone) > 3',
  'bytes(event.contact.lastName).json().x == 1',
  'event.data.plan',
];

export const condition: fc.Arbitrary<string> = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(...atoms),
    fc
      .tuple(fc.constantFrom(...TEXTS, ...LISTS), fc.constantFrom('"vip" in ', '!=', '=='))
      .map(([operand, operator]) =>
        operator.startsWith('"')
          ? `${operator}dyn(${operand})`
          : `dyn(${operand}) ${operator} "vip"`,
      ),
    tie('any').map((inner) => `!(${inner})`),
    fc
      .tuple(tie('any'), fc.constantFrom('&&', '||'), tie('any'))
      .map(([left, operator, right]) => `(${left}) ${operator} (${right})`),
  ),
})).any;
const names = fc.oneof(
  fc.record({
    labels: fc.array(fc.constantFrom('A', 'B', 'C', 'D'), { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ cel: fc.constantFrom(...TEXTS, ...LISTS) }),
);
const body = fc.record(
  {
    on: fc.subarray([...EVENT_TYPES], { minLength: 5 }),
    sources: fc.subarray([...CODE_SOURCES], { minLength: 3 }),
    when: condition,
    add: names,
    remove: names,
  },
  { requiredKeys: ['on'] },
);
export const rulesConfig: fc.Arbitrary<RulesConfig> = fc.record({
  missing: fc.constantFrom('wait' as const, 'create' as const, 'ignore' as const),
  rules: fc
    .array(body, { maxLength: 6 })
    .map((bodies) => bodies.map((rule, i): Rule => ({ name: `rule ${i}`, ...rule }))),
});
