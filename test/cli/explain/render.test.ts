import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { renderStory } from '../../../cli/commands/explain/report.ts';
import { storiesOf } from '../../../cli/commands/explain/story.ts';
import type { FunctionLogLine } from '../../../cli/kit/target.ts';
import type { Terminal } from '../../../cli/kit/terminal.ts';

const NOW = Date.UTC(2026, 10, 22, 12);
const at = (seconds: number): string => new Date(NOW + seconds * 1000).toISOString();
const terminal: Terminal = {
  out: new PassThrough(),
  err: new PassThrough(),
  signal: new AbortController().signal,
};

/** The steps and the end of the one story of these lines, a minute after the first. */
function rendered(...lines: readonly Readonly<Record<string, unknown>>[]): readonly string[] {
  const whole = lines.map(
    (fields): FunctionLogLine => ({ function: '', time: at(0), eventId: 'e-1', ...fields }),
  );
  const [story] = storiesOf(whole);
  if (!story) throw new Error('There is no story.');
  const text = renderStory(story, { terminal, now: NOW + 60_000, targetOptions: ' --stage prod' });
  return text.split('\n').map((line) => line.replace(/^ +(?:[\d-]{10} [\d:]{8} +)?/, ''));
}
const delivery = { message: 'delivery', status: 'queued', httpStatus: 200, types: ['order.paid'] };
const job = { message: 'job', receives: 1, time: at(1) };
const retry = { ...job, outcome: 'retry', reason: 'contact-not-found' };

test.each<[string, readonly Readonly<Record<string, unknown>>[], readonly string[]]>([
  [
    'a delivery of which one rule failed',
    [
      {
        ...delivery,
        rules: ['a'],
        add: ['X'],
        remove: ['Y'],
        failedRules: 'rule-failed: "b": no such key; "c d": when: `x` is missing',
      },
      { ...job, outcome: 'done', contactId: 'c-1', added: ['X'], removed: ['Y'] },
    ],
    [
      'came in (answered 200)',
      'rule "a" matched: add X; remove Y',
      '2 rules failed, and a dead letter keeps the delivery:',
      '"b": no such key',
      '"c d": when: `x` is missing',
      'try 1: added X; removed Y (contact c-1)',
      '→ Partly dead: a rule failed. See it: ./earmark dead-letters show e-1 --stage prod',
    ],
  ],
  [
    'a dead letter that was replayed',
    [
      { ...job, outcome: 'dead-letter', reason: 'contact-not-found' },
      { ...job, time: at(3600), outcome: 'done', contactId: 'c-1', added: ['X'] },
    ],
    [
      'try 1: given up: the site has no such contact',
      'replayed: try 1: added X (contact c-1)',
      '→ Done.',
    ],
  ],
  [
    'a duplicate',
    [{ ...delivery, status: 'duplicate' }],
    [
      'came in again: a duplicate, nothing more was queued (answered 200)',
      '→ It was queued before the time that was searched: a longer --since shows what became of it.',
    ],
  ],
  [
    'a refusal',
    [{ ...delivery, status: 'refused', httpStatus: 401, reason: 'no secret is configured' }],
    ['was refused (answered 401): no secret is configured', '→ Refused: nothing was queued.'],
  ],
  [
    'a queue that did not take it',
    [{ ...delivery, status: 'unavailable', httpStatus: 503, error: 'TimeoutError' }],
    ['could not be taken: the sender was asked to come again (answered 503): TimeoutError'],
  ],
  [
    'a job that nobody tried yet',
    [delivery],
    [
      '→ In the queue. No try is in the log: its turn has not come, or the site is paused (./earmark doctor --stage prod).',
    ],
  ],
  [
    'a wait',
    [{ ...retry, delaySeconds: 300 }],
    [
      'try 1: the site has no such contact; next try at 12:05:01',
      '→ Waits for the contact; next try about 12:05:01.',
    ],
  ],
  [
    'a try that is overdue',
    [
      {
        ...retry,
        time: at(-600),
        delaySeconds: 5,
        reason: 'credentials',
        operation: 'queryLabels',
        httpStatus: 401,
      },
    ],
    [
      'try 1: Wix refused the credentials (queryLabels: 401); next try at 11:50:05',
      '→ Waits for credentials that Wix takes; a try was due at 2026-11-22 11:50:05 and is not in the log: the site may be paused (./earmark doctor --stage prod).',
    ],
  ],
  [
    'no answer of Wix',
    [
      {
        ...retry,
        reason: 'transient',
        operation: 'labelContact',
        answer: 'network',
        networkCode: 'ECONNRESET',
      },
    ],
    ['try 1: Wix did not answer as it should (labelContact: ECONNRESET)'],
  ],
  [
    'labels for which there is no room',
    [
      {
        ...job,
        outcome: 'dead-letter',
        reason: 'labels-quota-reached',
        detail: 'The site has 5 of 5 labels.',
        jobId: 'j1',
      },
      { ...job, outcome: 'done', contactId: 'c', added: ['X'], jobId: 'j1' },
    ],
    [
      'try 1: given up: the site has no room for another label',
      'The site has 5 of 5 labels.',
      'try 1: added X (contact c)',
      '→ Partly dead: the site has no room for another label. See it: ./earmark dead-letters show j1 --stage prod',
    ],
  ],
  [
    'all that can become of labels',
    [
      {
        ...job,
        outcome: 'done',
        contactId: 'c',
        added: ['A'],
        removed: ['B'],
        inPlace: ['C'],
        superseded: ['D'],
        lateSeconds: 40,
      },
    ],
    [
      'try 1: added A; removed B; already as asked: C; left alone, for a later event changed them: D (contact c)',
      'late: it came to the queue 40 s after it happened, so a newer event may have been before it',
      '→ Done.',
    ],
  ],
  [
    'nobody, and rules that let it be',
    [{ ...job, outcome: 'done', reason: 'no-such-contact' }],
    [
      'try 1: nothing done: the site has no such contact',
      '→ Done: the rules let those be who are no contact.',
    ],
  ],
  [
    'standing labels beside those of rules',
    [
      {
        ...job,
        outcome: 'done',
        contactId: 'c',
        added: ['A', 'S'],
        removed: ['B', 'T'],
        standing: ['S', 'T'],
        facts: 1,
      },
    ],
    ['try 1: added A; removed B; standing +S, -T (contact c)', '1 fact added to the history'],
  ],
  [
    'a review',
    [
      {
        ...job,
        topic: 'review.due',
        outcome: 'done',
        contactId: 'c',
        removed: ['VIP'],
        standing: ['VIP'],
        review: 'due',
        facts: 0,
      },
    ],
    ['review.due', 'try 1: review (due): standing -VIP (contact c)', '→ Done.'],
  ],
  [
    'facts of somebody who is no contact yet',
    [{ ...job, outcome: 'done', reason: 'no-such-contact', facts: 2 }],
    [
      'try 1: nothing done: the site has no such contact',
      '2 facts kept until there is such a contact',
      '→ Done: what they did is kept until they are a contact.',
    ],
  ],
  [
    'a standing label that could not be decided',
    [
      {
        message: 'standing-undecided',
        definition: 'label:VIP',
        reason: 'an order of thrivecart has no total',
        jobId: 'j',
      },
    ],
    [
      'a standing label stays as it is, for it could not be decided, definition label:VIP, reason an order of thrivecart has no total',
    ],
  ],
  [
    'what the worker noted',
    [
      { message: 'breaker', state: 'open', reason: 'credentials', jobId: 'j' },
      { message: 'something-new', count: 2, jobId: 'j' },
    ],
    ['the breaker of the site, state open, reason credentials', 'something-new, count 2'],
  ],
  [
    'an id that a shell would take apart',
    [{ ...delivery, status: 'dead-letter', eventId: "it's", reason: 'unreadable: no id' }],
    [
      'came in, and could not go on: it is kept as a dead letter (answered 200): unreadable: no id',
      String.raw`→ Dead: it could not be read. See it: ./earmark dead-letters show 'it'\''s' --stage prod`,
    ],
  ],
])('%s', (_, lines, expected) => {
  expect(rendered(...lines)).toEqual(expect.arrayContaining([...expected]));
});
