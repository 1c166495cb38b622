import { describe, expect, test } from '@jest/globals';
import {
  judge,
  type LabelHistory,
  type LabelWrite,
  type Request,
} from '../../bench/faults/verdict.ts';

const MINUTE = 60_000;

/** An event of that minute; done a second later unless it says otherwise. */
function request(minute: number, has: boolean, over: Partial<Request> = {}): Request {
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
const gives = (minute: number, over?: Partial<Request>): Request => request(minute, true, over);
const takes = (minute: number, over?: Partial<Request>): Request => request(minute, false, over);

const change = (minute: number, has: boolean, byHand = false): LabelWrite => ({
  at: minute * MINUTE + 500,
  has,
  byHand,
});
const on = (minute: number): LabelWrite => change(minute, true);
const off = (minute: number): LabelWrite => change(minute, false);
const deleted = (minute: number): LabelWrite => change(minute, false, true);

function verdictOf(requests: readonly Request[], changes: readonly LabelWrite[]) {
  const has = changes.at(-1)?.has ?? false;
  const label: LabelHistory = { person: 'Ada', name: 'VIP', requests, changes, has };
  return judge(label);
}

describe('nothing is wrong', () => {
  test.each<[string, readonly Request[], readonly LabelWrite[]]>([
    ['each event shows', [gives(1), takes(2), gives(3)], [on(1), off(2), on(3)]],
    ['an event repeats what is so', [gives(1), gives(2)], [on(1)]],
    ['the label is taken that was not there', [takes(1)], []],
    [
      'events overtaken within a batch',
      [1, 1.1, 1.2].map((minute) => request(minute, minute !== 1.1, { doneAt: 2 * MINUTE })),
      [on(1.3)],
    ],
    ['carried out late', [gives(1, { doneAt: 9 * MINUTE })], [on(8)]],
    ['the worker was killed before it could log', [gives(1, { doneAt: undefined })], [on(1)]],
    ['a dead letter', [gives(1), takes(2, { dead: true, doneAt: undefined })], [on(1)]],
    ['a dead letter, after all', [gives(1), takes(2, { dead: true })], [on(1), off(2)]],
    ['gone by hand', [gives(1)], [on(1), deleted(5)]],
    ['gone by hand before the answer was there', [gives(5)], [on(5), deleted(5.01)]],
    ['gone by hand and earned again', [gives(1), gives(6)], [on(1), deleted(5), on(6)]],
  ])('%s', (_name, requests, changes) => {
    expect(verdictOf(requests, changes)).toEqual([]);
  });
});

describe('lost', () => {
  test.each<[string, readonly Request[], readonly LabelWrite[]]>([
    ['the only event', [gives(1, { doneAt: undefined })], []],
    ['the last event', [gives(1), takes(2, { doneAt: undefined })], [on(1)]],
    ['left alone though it was not there', [gives(1, { inPlace: true })], []],
    ['after a deletion by hand', [gives(1), gives(9, { doneAt: undefined })], [on(1), deleted(5)]],
    [
      'left alone long after a deletion by hand',
      [gives(1), gives(11, { inPlace: true, reversible: false })],
      [on(1), deleted(5)],
    ],
  ])('%s', (_name, requests, changes) => {
    expect(verdictOf(requests, changes)).toEqual(['lost']);
  });

  test('a dead letter of another event is no excuse', () => {
    const requests = [gives(1, { dead: true, doneAt: undefined }), gives(2, { doneAt: undefined })];
    expect(verdictOf(requests, [])).toEqual(['lost']);
  });
});

describe('doubled', () => {
  test('on, off and on again although the events say on, off', () => {
    expect(verdictOf([gives(1), takes(2)], [on(1), off(2), on(3)])).toEqual(['doubled']);
  });

  test('also where it ends right', () => {
    const requests = [takes(1), gives(2)];
    const changes = [on(2), off(3), on(3.1)];
    expect(verdictOf(requests, changes)).toEqual(['doubled', 'doubled']);
  });

  test('a later event of the same kind is no excuse before it is sent', () => {
    const requests = [gives(1), takes(2), gives(9)];
    expect(verdictOf(requests, [on(1), off(2), on(3)])).toEqual(['doubled']);
  });
});

describe('out of order', () => {
  test('an event is carried out for the first time after a newer one', () => {
    const requests = [gives(1, { doneAt: 4 * MINUTE }), takes(2)];
    expect(verdictOf(requests, [on(3)])).toEqual(['out of order']);
  });

  test('the end is an older event’s though the newer one was carried out', () => {
    const requests = [gives(1), takes(2, { doneAt: 3 * MINUTE })];
    expect(verdictOf(requests, [on(1)])).toEqual(['out of order']);
  });
});

test('strange: nobody asked for it', () => {
  expect(verdictOf([takes(1)], [on(2)])).toEqual(['strange']);
});

describe('blind', () => {
  const earnedAgain = (over: Partial<Request>): readonly Request[] => [
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
