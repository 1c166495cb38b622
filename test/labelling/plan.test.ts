import { describe, expect, test } from '@jest/globals';
import { planOf } from '../../lib/labelling/labels/plan.ts';
import type { LabelJob } from '../../lib/queue/job.ts';
import { aJob, START } from '../support/jobs.ts';

/** A job whose event happened so many milliseconds after the start. */
function job(at: number, over: Partial<LabelJob>): LabelJob {
  const nothing = { add: [], remove: [], reversible: [] };
  return aJob({ ...nothing, ...over, at: START + at });
}
const never = (): undefined => undefined;
const change = (kind: 'add' | 'remove', at: number, reversible = false) => ({
  name: 'VIP',
  change: kind,
  occurredAt: START + at,
  reversible,
});
const about = (jobs: readonly LabelJob[], lastWriteAt: number | undefined = undefined) =>
  planOf(jobs, () => lastWriteAt).get('VIP');

const ADD = { add: ['VIP'] };
const REMOVE = { remove: ['VIP'] };

describe('what jobs of one contact come to', () => {
  test('is what they want, label by label, in the order they name them', () => {
    const plan = planOf(
      [job(0, { add: ['B', 'A'], remove: ['C'] }), job(1_000, { add: ['D'] })],
      never,
    );
    expect([...plan].map(([name, { change }]) => `${change} ${name}`)).toEqual([
      'add B',
      'add A',
      'remove C',
      'add D',
    ]);
    expect(planOf([], never).size).toBe(0);
  });

  test.each([
    ['a later event wins', [job(0, ADD), job(9_000, REMOVE)], change('remove', 9_000)],
    ['an older one does not', [job(9_000, ADD), job(3_999, REMOVE)], change('add', 9_000)],
    [
      'within five seconds the one that came later wins, at the time of the later',
      [job(9_000, ADD), job(4_000, REMOVE)],
      change('remove', 9_000),
    ],
    [
      'so that it opens the way to none that is older still',
      [job(9_000, ADD), job(4_000, REMOVE), job(3_999, ADD)],
      change('remove', 9_000),
    ],
    ['the same change twice is one', [job(0, ADD), job(1_000, ADD)], change('add', 1_000)],
  ])('%s', (_name, jobs, expected) => {
    expect(about(jobs)).toEqual(expected);
  });

  test.each([
    ['long before', START - 60_000, change('add', 0)],
    ['five seconds later', START + 5_000, change('add', 5_000)],
    ['more than that later', START + 5_001, undefined],
  ])('an event that had its say %s', (_name, lastWriteAt, expected) => {
    expect(about([job(0, ADD)], lastWriteAt)).toEqual(expected);
  });

  test('asks for the last say of each label by itself', () => {
    const plan = planOf([job(0, { add: ['Old', 'New'] })], (name) =>
      name === 'Old' ? START + 6_000 : undefined,
    );
    expect([...plan.keys()]).toEqual(['New']);
  });
});

describe('a change is reversible', () => {
  test.each([
    ['when its job says so', [job(0, { ...ADD, reversible: ['VIP'] })], true],
    ['when its job does not say', [job(0, { ...ADD, reversible: undefined })], true],
    ['not when its job names others', [job(0, { ...ADD, reversible: ['Other'] })], false],
    [
      'when the one before it was',
      [job(0, { ...ADD, reversible: ['VIP'] }), job(1_000, ADD)],
      true,
    ],
    ['when the one after it is', [job(0, ADD), job(1_000, { ...ADD, reversible: ['VIP'] })], true],
    [
      'not for one that had no say',
      [job(9_000, ADD), job(0, { ...REMOVE, reversible: ['VIP'] })],
      false,
    ],
  ])('%s', (_name, jobs, reversible) => {
    expect(about(jobs as LabelJob[])?.reversible).toBe(reversible);
  });
});
