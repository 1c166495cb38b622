import { describe, expect, test } from '@jest/globals';
import { openApply } from '../support/apply-stage.ts';

const MINUTE = 60_000;

describe('the labels of a contact', () => {
  test('are put in one call and taken in another', async () => {
    const { apply, asked, wix } = openApply();
    await apply('+A!', '+B!');
    wix.contacts.get('ada')?.keys.add('of a person');
    asked();
    expect(await apply('+C', '-A', '+D', '-B')).toEqual({
      done: ['C', 'D', 'A', 'B'],
      inPlace: [],
    });
    expect(asked()).toEqual([
      'labelContact ada [key of C,key of D]',
      'unlabelContact ada [key of A,key of B]',
    ]);
    expect([...(wix.contacts.get('ada')?.keys ?? [])]).toEqual([
      'of a person',
      'key of C',
      'key of D',
    ]);
  });

  test('are left alone where nothing is wanted', async () => {
    const { apply, asked } = openApply();
    expect(await apply()).toEqual({ done: [], inPlace: [] });
    expect(asked()).toEqual([]);
  });

  test('go a hundred a call', async () => {
    const { apply, wix } = openApply();
    const many = Array.from({ length: 201 }, (_, n) => `+${n}!`);
    await apply(...many);
    const of = (operation: string): number[] =>
      wix.calls.filter((call) => call.startsWith(operation)).map((call) => call.split(',').length);
    expect(of('labelContact')).toEqual([100, 100, 1]);
    wix.contacts.get('ada')?.keys.add('one more');
    await apply(...many.map((text) => text.replace('+', '-')));
    expect(of('unlabelContact')).toEqual([100, 100, 1]);
  });

  test('of two names under one key are named once', async () => {
    const { apply, asked, wix } = openApply();
    wix.labels.set('A', 'one key').set('B', 'one key');
    await apply('+A', '+B');
    expect(asked()).toEqual(['labelContact ada [one key]']);
  });

  test('and who had the last say about each is remembered', async () => {
    const { apply, memory, asked } = openApply();
    await apply('+A', '-B');
    expect([memory.labels.lastWriteAt('ada', 'A'), memory.labels.lastWriteAt('ada', 'B')]).toEqual([
      0, 0,
    ]);
    asked();
    expect((await apply('+A')).inPlace).toEqual(['A']);
    expect(memory.labels.lastWriteAt('ada', 'C')).toBeUndefined();
  });
});

describe('what is in place costs no call', () => {
  test('a removal that the answer to the adding shows', async () => {
    const { apply, asked, wix } = openApply();
    wix.makeLabel('B');
    expect(await apply('+A', '-B')).toEqual({ done: ['A'], inPlace: ['B'] });
    expect(asked()).toEqual(['labelContact ada [key of A]']);
  });

  test('but it does where the key may be of a label made anew since', async () => {
    const { apply, asked, pass, wix } = openApply();
    wix.makeLabel('B');
    await apply('-B');
    pass(MINUTE);
    asked();
    expect(await apply('+A', '-B')).toEqual({ done: ['A', 'B'], inPlace: [] });
    expect(asked()).toEqual(['labelContact ada [key of A]', 'unlabelContact ada [key of B]']);
  });

  test('a key is up to date for a minute from the last call that took it', async () => {
    const { apply, asked, pass, wix } = openApply();
    await apply('+B!');
    pass(MINUTE - 1);
    await apply('+B!', '+A');
    wix.contacts.get('ada')?.keys.clear();
    pass(MINUTE - 1);
    asked();
    expect(await apply('+C', '-B')).toEqual({ done: ['C'], inPlace: ['B'] });
    expect(asked()).toEqual(['labelContact ada [key of C]']);
  });

  test('a label that was seen within five minutes, and that no rule takes', async () => {
    const { apply, asked, pass } = openApply();
    await apply('+A', '+B');
    asked();
    pass(5 * MINUTE - 1);
    expect(await apply('+A', '+B')).toEqual({ done: [], inPlace: ['A', 'B'] });
    expect(asked()).toEqual([]);
    expect(await apply('+A', '+C')).toEqual({ done: ['C'], inPlace: ['A'] });
    expect(asked()).toEqual(['labelContact ada [key of C]']);
    pass(5 * MINUTE);
    expect(await apply('+A')).toEqual({ done: ['A'], inPlace: [] });
    expect(asked()).toEqual(['labelContact ada [key of A]']);
  });

  test('nor does it where it was not seen', async () => {
    const { apply, asked, wix } = openApply();
    await apply('+A');
    wix.contacts.get('ada')?.keys.clear();
    await apply('+B');
    asked();
    expect(await apply('+A')).toEqual({ done: ['A'], inPlace: [] });
    expect(asked()).toEqual(['labelContact ada [key of A]']);
  });
});

describe('what is to be taken and is no label', () => {
  test('had its say; nothing is made, nor asked of the contact', async () => {
    const { apply, asked, memory, wix } = openApply();
    expect(await apply('-A')).toEqual({ done: [], inPlace: [] });
    expect(wix.calls).toEqual(['queryLabels A']);
    expect(asked()).toEqual([]);
    expect(memory.labels.lastWriteAt('ada', 'A')).toBe(0);
    expect(wix.labels.size).toBe(0);
  });

  test('is asked for again after half a minute, and found at once where this process makes it', async () => {
    const { apply, pass, wix } = openApply();
    await apply('-A', '-B');
    await apply('+A');
    wix.calls.splice(0);
    pass(29_999);
    expect(await apply('-A', '-B')).toEqual({ done: ['A'], inPlace: [] });
    expect(wix.calls).toEqual(['unlabelContact ada [key of A]']);
    pass(1);
    wix.makeLabel('B');
    wix.contacts.get('ada')?.keys.add('key of B');
    expect(await apply('-B')).toEqual({ done: ['B'], inPlace: [] });
  });
});

describe('what some rule may undo', () => {
  test('is looked at when it was in place moments ago, and left alone when it is', async () => {
    const { apply, asked } = openApply();
    await apply('+A!');
    asked();
    expect(await apply('+A!')).toEqual({ done: [], inPlace: ['A'] });
    expect(asked()).toEqual(['getContact ada']);
  });

  test('is put again when it is not', async () => {
    const { apply, asked, wix } = openApply();
    await apply('+A!');
    wix.contacts.get('ada')?.keys.clear();
    asked();
    expect(await apply('+A!')).toEqual({ done: ['A'], inPlace: [] });
    expect(asked()).toEqual(['getContact ada', 'labelContact ada [key of A]']);
  });

  test.each(['-A', '-A!'])('so is a removal, for it is of what others put: %s', async (removal) => {
    const { apply, asked, wix } = openApply();
    wix.makeLabel('A');
    await apply(removal);
    asked();
    expect(await apply(removal)).toEqual({ done: [], inPlace: ['A'] });
    wix.contacts.get('ada')?.keys.add('key of A');
    expect(await apply(removal)).toEqual({ done: ['A'], inPlace: [] });
    expect(asked()).toEqual(['getContact ada', 'getContact ada', 'unlabelContact ada [key of A]']);
  });

  test('a removal is made where the look shows another contact', async () => {
    const { apply, applyInVain, wix, asked } = openApply();
    wix.makeLabel('A');
    await apply('+B!');
    wix.addContact('bob');
    wix.merge('ada', 'bob');
    asked();
    const { error } = await applyInVain('-A!');
    expect(error).toContain('CONTACT_NOT_FOUND');
    expect(asked()).toEqual(['getContact ada', 'unlabelContact ada [key of A]']);
  });

  test('a removal whose key may be out of date is not looked at: it is made', async () => {
    const { apply, asked, pass, wix } = openApply();
    wix.makeLabel('A');
    await apply('-A');
    pass(MINUTE);
    asked();
    expect(await apply('-A')).toEqual({ done: ['A'], inPlace: [] });
    expect(asked()).toEqual(['unlabelContact ada [key of A]']);
  });

  test('is not looked at where another label needs a call all the same', async () => {
    const { apply, asked } = openApply();
    await apply('+A!');
    asked();
    expect(await apply('+A!', '+B')).toEqual({ done: ['A', 'B'], inPlace: [] });
    expect(asked()).toEqual(['labelContact ada [key of A,key of B]']);
  });

  test('is looked at beside what is lasting', async () => {
    const { apply, asked } = openApply();
    await apply('+A!', '+B');
    asked();
    expect(await apply('+A!', '+B')).toEqual({ done: [], inPlace: ['B', 'A'] });
    expect(asked()).toEqual(['getContact ada']);
  });

  test.each([
    ['another contact, which this one was merged into', true],
    ['nobody', false],
  ])('is put again where the look shows %s', async (_name, merged) => {
    const { apply, asked, wix } = openApply();
    await apply('+A!');
    wix.addContact('bob');
    wix.contacts.get('bob')?.keys.add('key of A');
    const bob = merged ? await wix.site.getContact('bob') : undefined;
    wix.site.getContact = async () => bob;
    asked();
    expect(await apply('+A!')).toEqual({ done: ['A'], inPlace: [] });
    expect(asked()).toEqual(['labelContact ada [key of A]']);
  });
});
