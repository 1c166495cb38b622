import { expect, test } from '@jest/globals';
import { subjectProblem } from '../../scripts/commit-subjects.ts';
import { privateWords } from '../../scripts/words.ts';

test.each([
  ['a word by itself', '// We bury it.', 'bury → dead-letter'],
  ['a word of a name', 'const lastWish = 1;', 'wish → change'],
  ['a name', 'type Wish = string;', 'wish → change'],
  ['a reason', "reason: 'site-paused',", 'site-paused → circuit-open'],
  ['a type', 'interface Receipt {', 'Receipt → ReceiveResult'],
  ['a count of receives', 'readonly attempts: number;', 'attempts → receives'],
  ['a metric by its old name', "note('Queued');", 'note → addMetric'],
  ['the end of a job', 'Then the job dies.', 'dies → dead-letter'],
  ['a report', 'It tells how long it took.', 'tells → reports, returns or says'],
  [
    'a dead letter by half its name',
    'function toLetter(message: Message) {',
    'letter → dead letter',
  ],
  ['a list of them', 'for (const { id } of letters.filter(fits)) {', 'letters → dead letter'],
  ['a count of them', 'return letters(found.length);', 'letters → dead letter'],
  ['a phrase about one', '// Then each letter is deleted.', 'letter → dead letter'],
  ['a phrase about several', "'It deletes letters that fit.'", 'letters → dead letter'],
])('%s is found with what to say instead', (_, line, found) => {
  expect(privateWords('a.ts', `first\n${line}`)).toEqual([`a.ts:2: ${found}`]);
});

test('a private word is found in the name of a file', () => {
  expect(privateWords('lib/gate.ts', '')).toEqual(['lib/gate.ts:0: gate → breaker']);
});

test.each([
  'const gateway = navigate(gates);',
  'The receipt handle of SQS: ReceiptHandle.',
  'A passing cloud.',
  'At these calls the process that makes them dies.',
  "note('sent'), as a person would",
  'new SQSClient({ maxAttempts: 2 })',
  'deadLetters(toDeadLetter(letter)) of each dead letter that fits',
  'Topics count letter by letter, and a capital letter is another.',
  'const id = (letter: string): string => letter.repeat(64);',
  'The newsletter is for all.',
])('%s is no private word', (line) => {
  expect(privateWords('a.ts', line)).toEqual([]);
});

test.each([
  ['Obey Retry-After given as a date'],
  ['Process a batch by groups'],
  ['Pass the clock in'],
  [`Say ${'x'.repeat(68)}`],
])('a subject may be: %s', (subject) => {
  expect(subjectProblem(subject)).toBeUndefined();
});

test.each([
  [`Say ${'x'.repeat(69)}`, 'has 73 characters'],
  ['backfill: read less', 'begins with a prefix'],
  ['Fix(lib): read less', 'begins with a prefix'],
  ['Fixed the reader', 'no imperative'],
  ['Fixes the reader', 'no imperative'],
  ['Reads less', 'no imperative'],
  ['Reading less', 'no imperative'],
  ['fix the reader', 'capital letter'],
  ['x', 'one word'],
  ['Fix the reader.', 'full stop'],
])('a subject may not be: %s', (subject, problem) => {
  expect(subjectProblem(subject)).toContain(problem);
});
