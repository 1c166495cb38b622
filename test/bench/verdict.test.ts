import { describe, expect, test } from '@jest/globals';
import { type Change, judge, type Say, type Story } from '../../bench/faults/verdict.ts';

const MINUTE = 60_000;

/** An event of that minute; done a second later unless it says otherwise. */
function say(minute: number, has: boolean, over: Partial<Say> = {}): Say {
  const sentAt = minute * MINUTE;
  return {
    event: `event ${minute}`,
    has,
    sentAt,
    doneAt: sentAt + 1_000,
    inPlace: false,
    dead: false,
    reversible: true,
    ...over,
  };
}
const gives = (minute: number, over?: Partial<Say>): Say => say(minute, true, over);
const takes = (minute: number, over?: Partial<Say>): Say => say(minute, false, over);

const change = (minute: number, has: boolean, byHand = false): Change => ({
  at: minute * MINUTE + 500,
  has,
  byHand,
});
const on = (minute: number): Change => change(minute, true);
const off = (minute: number): Change => change(minute, false);
const deleted = (minute: number): Change => change(minute, false, true);

function verdictOf(says: readonly Say[], changes: readonly Change[]) {
  const has = changes.at(-1)?.has ?? false;
  const story: Story = { person: 'Ada', name: 'VIP', says, changes, has };
  return judge(story);
}

describe('nothing is wrong', () => {
  test.each<[string, readonly Say[], readonly Change[]]>([
    ['each event shows', [gives(1), takes(2), gives(3)], [on(1), off(2), on(3)]],
    ['an event repeats what is so', [gives(1), gives(2)], [on(1)]],
    ['the label is taken that was not there', [takes(1)], []],
    [
      'events overtaken within a batch',
      [1, 1.1, 1.2].map((minute) => say(minute, minute !== 1.1, { doneAt: 2 * MINUTE })),
      [on(1.3)],
    ],
    ['carried out late', [gives(1, { doneAt: 9 * MINUTE })], [on(8)]],
    ['the worker died before it could tell', [gives(1, { doneAt: undefined })], [on(1)]],
    ['a dead letter', [gives(1), takes(2, { dead: true, doneAt: undefined })], [on(1)]],
    ['a dead letter, after all', [gives(1), takes(2, { dead: true })], [on(1), off(2)]],
    ['gone by hand', [gives(1)], [on(1), deleted(5)]],
    ['gone by hand before the answer was there', [gives(5)], [on(5), deleted(5.01)]],
    ['gone by hand and earned again', [gives(1), gives(6)], [on(1), deleted(5), on(6)]],
  ])('%s', (_name, says, changes) => {
    expect(verdictOf(says, changes)).toEqual([]);
  });
});

describe('lost', () => {
  test.each<[string, readonly Say[], readonly Change[]]>([
    ['the only event', [gives(1, { doneAt: undefined })], []],
    ['the last event', [gives(1), takes(2, { doneAt: undefined })], [on(1)]],
    ['left alone though it was not there', [gives(1, { inPlace: true })], []],
    ['after a deletion by hand', [gives(1), gives(9, { doneAt: undefined })], [on(1), deleted(5)]],
    [
      'left alone long after a deletion by hand',
      [gives(1), gives(11, { inPlace: true, reversible: false })],
      [on(1), deleted(5)],
    ],
  ])('%s', (_name, says, changes) => {
    expect(verdictOf(says, changes)).toEqual(['lost']);
  });

  test('a dead letter of another event is no excuse', () => {
    const says = [gives(1, { dead: true, doneAt: undefined }), gives(2, { doneAt: undefined })];
    expect(verdictOf(says, [])).toEqual(['lost']);
  });
});

describe('doubled', () => {
  test('on, off and on again although the events say on, off', () => {
    expect(verdictOf([gives(1), takes(2)], [on(1), off(2), on(3)])).toEqual(['doubled']);
  });

  test('also where it ends right', () => {
    const says = [takes(1), gives(2)];
    const changes = [on(2), off(3), on(3.1)];
    expect(verdictOf(says, changes)).toEqual(['doubled', 'doubled']);
  });

  test('a later event of the same kind is no excuse before it is sent', () => {
    const says = [gives(1), takes(2), gives(9)];
    expect(verdictOf(says, [on(1), off(2), on(3)])).toEqual(['doubled']);
  });
});

describe('out of order', () => {
  test('an event is carried out for the first time after a newer one', () => {
    const says = [gives(1, { doneAt: 4 * MINUTE }), takes(2)];
    expect(verdictOf(says, [on(3)])).toEqual(['out of order']);
  });

  test('the end is an older event’s though the newer one was carried out', () => {
    const says = [gives(1), takes(2, { doneAt: 3 * MINUTE })];
    expect(verdictOf(says, [on(1)])).toEqual(['out of order']);
  });
});

test('strange: nobody asked for it', () => {
  expect(verdictOf([takes(1)], [on(2)])).toEqual(['strange']);
});

describe('blind', () => {
  const earnedAgain = (over: Partial<Say>): readonly Say[] => [
    gives(1),
    gives(6, { inPlace: true, reversible: false, ...over }),
  ];

  test('left alone within five minutes of a deletion by hand', () => {
    expect(verdictOf(earnedAgain({}), [on(1), deleted(5)])).toEqual(['blind']);
  });

  test('not where a rule takes the label', () => {
    expect(verdictOf(earnedAgain({ reversible: true }), [on(1), deleted(5)])).toEqual(['lost']);
  });
});
