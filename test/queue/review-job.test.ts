import { expect, test } from '@jest/globals';
import { groupOf } from '../../lib/queue/identity.ts';
import { type Review, reviewJob } from '../../lib/queue/review-job.ts';
import { AnyJob } from '../../lib/queue/standing-job.ts';
import { SITE_ID, START } from '../support/jobs.ts';

const REVIEW: Review = {
  site: SITE_ID,
  contactId: 'c0ffee00-0000-4000-8000-000000000001',
  cause: 'due',
  occasion: String(START),
  now: START,
};

test('a review is a job of the queue, in the line of its contact, and wants no label itself', () => {
  const job = reviewJob(REVIEW);

  expect(AnyJob.safeParse(JSON.parse(JSON.stringify(job))).data).toEqual(job);
  expect(job).toMatchObject({
    v: 2,
    review: 'due',
    add: [],
    remove: [],
    facts: [],
    missing: 'ignore',
  });
  expect(groupOf(job)).toBe(groupOf({ site: SITE_ID, contact: { contactId: REVIEW.contactId } }));
});

test('a review for the same occasion is the same, at whatever time it is queued', () => {
  const { id } = reviewJob(REVIEW);

  expect(reviewJob({ ...REVIEW, now: START + 1 }).id).toBe(id);
  for (const change of [
    { site: 'another' },
    { contactId: 'c0ffee00-0000-4000-8000-000000000002' },
    { occasion: 'another' },
  ]) {
    expect(reviewJob({ ...REVIEW, ...change }).id).not.toBe(id);
  }
});
