import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { StoryStep } from '../../../cli/commands/explain/steps.ts';
import { type Story, storiesOf } from '../../../cli/commands/explain/story.ts';
import type { FunctionLogLine } from '../../../cli/kit/target.ts';

const JOB = 'a'.repeat(64);
const at = (seconds: number): string =>
  new Date(Date.UTC(2026, 10, 22, 12) + seconds * 1000).toISOString();

const delivery = (fields: Readonly<Record<string, unknown>> = {}): FunctionLogLine => ({
  function: 'receive',
  time: at(0),
  message: 'delivery',
  source: 'shopify',
  topic: 'orders/paid',
  eventId: 'orders/paid:1',
  jobId: JOB,
  status: 'queued',
  httpStatus: 200,
  types: ['order.paid'],
  rules: ['customers'],
  add: ['Customer'],
  remove: [],
  ...fields,
});
const attempt = (fields: Readonly<Record<string, unknown>> = {}): FunctionLogLine => ({
  function: 'label',
  time: at(1),
  message: 'job',
  source: 'shopify',
  topic: 'orders/paid',
  eventId: 'orders/paid:1',
  jobId: JOB,
  receives: 1,
  outcome: 'done',
  contactId: 'c-1',
  added: ['Customer'],
  ...fields,
});
const only = (lines: readonly FunctionLogLine[]): Story => {
  const [story, ...others] = storiesOf(lines);
  if (!story || others.length > 0) throw new Error(`${others.length} other stories`);
  return story;
};

describe('a story', () => {
  test('has the delivery, each try and its end', () => {
    const retry = attempt({ outcome: 'retry', reason: 'contact-not-found', delaySeconds: 4 });

    const story = only([delivery(), retry, attempt({ time: at(5), receives: 2 })]);

    expect(story).toMatchObject({
      eventId: 'orders/paid:1',
      jobId: JOB,
      source: 'shopify',
      topic: 'orders/paid',
      types: ['order.paid'],
      state: 'done',
      steps: [
        { kind: 'delivery', status: 'queued', rules: ['customers'], add: ['Customer'] },
        { kind: 'try', reason: 'contact-not-found', nextTryAt: at(5) },
        { kind: 'try', receives: 2, added: ['Customer'], contactId: 'c-1' },
      ],
    });
  });

  test.each<[string, readonly FunctionLogLine[], string]>([
    ['no try yet', [delivery()], 'queued'],
    ['a try that failed', [delivery(), attempt({ outcome: 'retry' })], 'waiting'],
    ['the last try', [delivery(), attempt({ outcome: 'dead-letter' })], 'dead-letter'],
    [
      'a part that found no room',
      [attempt({ outcome: 'dead-letter' }), attempt()],
      'partly-dead-letter',
    ],
    [
      'a dead letter that was replayed',
      [attempt({ outcome: 'dead-letter' }), attempt({ time: at(3600) })],
      'done',
    ],
    ['a rule that failed', [delivery({ failedRules: '"b": no' }), attempt()], 'partly-dead-letter'],
    [
      'a failed rule whose delivery was replayed',
      [delivery({ failedRules: '"b": no' }), attempt(), attempt({ time: at(3600) })],
      'done',
    ],
    [
      'a job that came back once after its end',
      [
        delivery({ failedRules: '"b": no' }),
        attempt(),
        attempt({ time: at(120), receives: 2, inPlace: ['Customer'] }),
      ],
      'partly-dead-letter',
    ],
    ['no rule', [delivery({ status: 'ignored', jobId: undefined })], 'ignored'],
    ['what was queued before', [delivery({ status: 'duplicate' })], 'duplicate'],
    ['a duplicate', [delivery(), delivery({ time: at(9), status: 'duplicate' })], 'queued'],
    [
      'a duplicate after the end',
      [attempt(), delivery({ time: at(9), status: 'duplicate' })],
      'done',
    ],
  ])('stands as %s says', (_, lines, state) => {
    expect(only(lines).state).toBe(state);
  });

  test('marks the try that a replay began, and no other', () => {
    const replayed = (lines: readonly FunctionLogLine[]) =>
      only(lines).steps.map((step) => step.kind === 'try' && step.replayed === true);
    const dead = attempt({ outcome: 'dead-letter' });
    const later = attempt({ time: at(3600) });

    expect(replayed([delivery(), dead, later])).toEqual([false, false, true]);
    expect(replayed([delivery({ status: 'dead-letter' }), later])).toEqual([false, true]);
    // The rest of the same try; what the sender sent again.
    expect(replayed([dead, attempt()])).toEqual([false, false]);
    expect(replayed([dead, delivery({ time: at(3599) }), later])).toEqual([false, false, false]);
  });

  test('takes in what the worker noted about the job, without what is only for machines', () => {
    const aws = {
      CloudWatchMetrics: [{ Dimensions: [['FunctionName']], Metrics: [{ Name: 'BreakerOpen' }] }],
    };
    const note = { ...attempt(), message: 'breaker', state: 'open', requestId: 'r' };
    const line = { ...note, FunctionName: 'f', BreakerOpen: 1, _aws: aws, outcome: undefined };

    const { steps } = only([delivery(), line]);

    expect(steps[1]).toMatchObject({ kind: 'note', message: 'breaker' });
    const fields = Object.keys((steps[1] as { fields: object }).fields);
    expect(fields).toContain('state');
    expect(fields.filter((name) => /FunctionName|Breaker|_aws|requestId|jobId/.test(name))).toEqual(
      [],
    );
  });

  test('is one for each job, where masked event ids look alike', () => {
    const masked = { eventId: 'order.paid:[e-mail]' };
    const stories = storiesOf([
      delivery(masked),
      delivery({ ...masked, jobId: 'b'.repeat(64) }),
      attempt(masked),
    ]);

    expect(stories.map(({ jobId, state }) => [jobId?.[0], state])).toEqual([
      ['a', 'done'],
      ['b', 'queued'],
    ]);
  });

  test('has what came in without a job with that of the one job of its event', () => {
    const deadLetter = delivery({ status: 'dead-letter', jobId: undefined, time: at(-1) });

    expect(only([delivery(), deadLetter]).steps).toHaveLength(2);
  });
});

const someLine = fc
  .record(
    {
      time: fc.integer({ min: 0, max: 5 }).map(at),
      message: fc.constantFrom('delivery', 'job', 'exception'),
      jobId: fc.constantFrom(JOB, 'b'.repeat(64)),
      eventId: fc.constantFrom('e-1', 'e-2'),
      source: fc.constantFrom('shopify', 'custom'),
      status: fc.constantFrom('queued', 'duplicate', 'ignored'),
      outcome: fc.constantFrom('done', 'retry', 'dead-letter'),
      receives: fc.integer({ min: 1, max: 3 }),
      delaySeconds: fc.oneof(fc.integer({ min: 0, max: 900 }), fc.string()),
      added: fc.oneof(fc.array(fc.string()), fc.anything()),
    },
    { requiredKeys: ['message'] },
  )
  .map((fields): FunctionLogLine => ({ function: 'label', ...fields }));

test('every line is shown, in order of time, in whatever order the lines come', () => {
  const shuffled = fc
    .array(someLine, { maxLength: 12 })
    .chain((lines) =>
      fc.tuple(
        fc.constant(lines),
        fc.shuffledSubarray(lines, { minLength: lines.length, maxLength: lines.length }),
      ),
    );

  fc.assert(
    fc.property(shuffled, ([lines, others]) => {
      const stories = storiesOf(lines);

      const steps: readonly StoryStep[] = stories.flatMap((story) => [...story.steps]);
      expect(steps).toHaveLength(lines.length);
      expect(storiesOf(others)).toEqual(stories);
      for (const story of stories) {
        const times = story.steps.map(({ time }) => time);
        expect(times).toEqual(times.toSorted());
      }
    }),
  );
});
