import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { setPaths } from '../../../cli/commands/send/set.ts';

const ORDER = {
  total: '249.00',
  email: null,
  customer: { tags: '' },
  line_items: [{ title: 'Lamp' }],
};

describe('--set', () => {
  test.each<[string, object]>([
    ['total=25', { total: 25 }],
    ['total="25.00"', { total: '25.00' }],
    ['total=25.00 EUR', { total: '25.00 EUR' }],
    ['total=', { total: '' }],
    ['total=null', { total: null }],
    ['total=false', { total: false }],
    ['total=a=b', { total: 'a=b' }],
    ['customer.tags=vip', { customer: { tags: 'vip' } }],
    ['line_items.0.title=Desk', { line_items: [{ title: 'Desk' }] }],
    ['line_items[0].title=Desk', { line_items: [{ title: 'Desk' }] }],
    ['line_items.1.title=Desk', { line_items: [{ title: 'Lamp' }, { title: 'Desk' }] }],
    ['line_items=[]', { line_items: [] }],
    ['email.deep.er=1', { email: { deep: { er: 1 } } }],
  ])('%s changes nothing else', (setting, change) => {
    expect(setPaths(ORDER, [setting]).payload).toEqual({ ...ORDER, ...change });
  });

  test('reports what the payload did not have', () => {
    const settings = ['totl=1', 'total=2', 'customer.name=Ada', 'line_items.1.title=Desk'];

    expect(setPaths(ORDER, settings).added).toEqual([
      'totl',
      'customer.name',
      'line_items.1.title',
    ]);
  });

  test('is done one after the other, and the sample stays as it was', () => {
    const before = structuredClone(ORDER);

    const { payload } = setPaths(ORDER, ['total=1', 'total=2', 'new={}', 'new.in=3']);

    expect(payload).toEqual({ ...ORDER, total: 2, new: { in: 3 } });
    expect(ORDER).toEqual(before);
  });

  test.each([
    ['total', '--set total: write path=value'],
    ['=1', '--set =1: write path=value'],
    ['total.amount=1', 'total is "249.00", which holds no fields'],
    ['line_items.title=1', 'line_items is a list of 1: an index comes after it, 0 to 1'],
    ['line_items.2=1', 'line_items is a list of 1: an index comes after it, 0 to 1'],
    ['line_items.0.title.x=1', 'line_items.0.title is "Lamp", which holds no fields'],
    ['a..b=1', 'a name in the path is blank or reserved'],
    ['__proto__.polluted=1', 'a name in the path is blank or reserved'],
  ])('%s is refused: %s', (setting, message) => {
    expect(() => setPaths(ORDER, [setting])).toThrow(message);
  });

  test('puts any JSON where it says, and any text that is none', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const { payload } = setPaths(ORDER, [`customer.new=${JSON.stringify(value)}`]);

        const { customer } = payload as { customer: { new: unknown } };
        expect(JSON.stringify(customer.new)).toBe(JSON.stringify(value));
      }),
    );
  });
});

test.each([
  ['a list of lists', `x=${'['.repeat(30_000)}${']'.repeat(30_000)}`],
  ['a long path', `${'a.'.repeat(30_000)}a=1`],
])('%s is too deep, and no fault of ours', (_, setting) => {
  expect(() => setPaths({}, [setting])).toThrow(/^--set .{1,110}: .*deeper than 100\.$/);
});
