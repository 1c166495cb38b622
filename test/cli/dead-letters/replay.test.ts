import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from '@jest/globals';
import { drop } from '../../../cli/commands/dead-letters/drop.ts';
import { list } from '../../../cli/commands/dead-letters/list.ts';
import { replay } from '../../../cli/commands/dead-letters/replay.ts';
import { renderFullSite } from '../../../cli/commands/dead-letters/replay-report.ts';
import { show } from '../../../cli/commands/dead-letters/show.ts';
import type { CommandContext } from '../../../cli/kit/command.ts';
import type { Target } from '../../../cli/kit/target.ts';
import { openTerminal } from '../../../cli/kit/terminal.ts';
import { deadJob, deadLetterAttributes } from '../../../lib/queue/dead-letter.ts';
import { printed } from '../../../terminal/writer.ts';
import { aJob, START } from '../../support/jobs.ts';
import { received } from './received.ts';

/** Two dead letters on a stage whose SQS deletes one and is out from then on. */
function failingStage(names: readonly string[] = ['ada', 'bob'], columns?: number) {
  const messages = names.map((name) => {
    const deadLetter = deadJob(
      aJob({
        contact: { email: `${name}@example.com`, firstName: 'A\u009b2J' },
        add: ['Customer', 'Bought a desk'],
        cause: { ...aJob().cause, rules: ['customers', 'what they bought'] },
      }),
      {
        reason: 'transient',
      },
    );
    return {
      MessageId: name,
      ReceiptHandle: name,
      Body: deadLetter.body,
      Attributes: { SentTimestamp: `${START}`, MessageGroupId: deadLetter.group },
      MessageAttributes: deadLetterAttributes(deadLetter),
    };
  });
  let received = 0;
  let deleted = 0;
  const answers: Readonly<Record<string, () => object>> = {
    GetQueueAttributesCommand: () => ({ Attributes: { ApproximateNumberOfMessages: '2' } }),
    ReceiveMessageCommand: () => {
      received += 1;
      return { Messages: received % 2 ? messages : [] };
    },
    DeleteMessageCommand: () => {
      deleted += 1;
      if (deleted > 1) throw Object.assign(new Error('SQS is out'), { $metadata: {} });
      return {};
    },
  };
  const sqs = {
    send: async (command: object) => answers[command.constructor.name]?.() ?? {},
  } as unknown as Target['sqs'];
  const target: Partial<Target> = { name: 'stage test', kind: 'stage', sqs, close: () => {} };
  const [out, err] = [new PassThrough(), new PassThrough()];
  const context: CommandContext = {
    terminal: openTerminal({
      out: Object.assign(out, columns && { columns }),
      err,
      signal: new AbortController().signal,
    }),
    openTarget: async () => target as Target,
    folder: '.',
    now: () => Date.now(),
  };
  const written = async (stream = err): Promise<string> => {
    stream.end();
    return text(stream);
  };
  return { context, written, out };
}

test.each([
  ['Replayed', (context: CommandContext) => replay({ all: true, rate: '100/s' }, context)],
  ['Dropped', (context: CommandContext) => drop({ all: true, yes: true }, context)],
] as const)('%s so many before it failed: the failure says how many', async (what, run) => {
  const { context, written } = failingStage();

  await expect(run(context)).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringMatching(/SQS is out\nWhat was not replayed or dropped by then is still/),
  });
  expect(await written()).toContain(`${what} 1 dead letter before it failed.\n`);
});

test.each([
  [['ada'], {}, '1 dead letter in stage test. '],
  [['ada', 'bob'], {}, '2 dead letters in stage test. '],
  [['ada', 'bob'], { id: ['bob'] }, '1 of 2 dead letters in stage test. '],
])('of %j a list with %j begins as it should', async (names, filter, begin) => {
  const { context, written, out } = failingStage(names);
  await list(filter, context);
  expect((await written(out)).slice(0, begin.length)).toBe(begin);
});

const BESIDE = [
  '',
  'ID   AGE        REASON     SOURCE  EVENT       RULES                        LABELS',
  'ada  1 min 5 s  transient  custom  order.paid  customers, what they bought  Customer, Bought a desk',
  '',
];
const BELOW = [
  'ID   AGE        REASON     SOURCE  EVENT',
  '    RULES → LABELS',
  'ada  1 min 5 s  transient  custom  order.paid',
  '    customers, what they bought → Customer, Bought a desk',
  '',
];
test.each([80, 120])('a list fits %d columns', async (columns) => {
  const { context, written, out } = failingStage(['ada'], columns);
  const wide = { ...context, now: () => START + 65_000 };
  await list({}, wide);
  const shown = (await written(out)).split('\n');
  expect(shown.filter((line) => line.length > columns)).toEqual([]);
  const expected = columns === 80 ? BELOW : BESIDE;
  expect(shown.slice(-expected.length)).toEqual(expected);
});

test('a replay at a site that was just full says when it may be tried', () => {
  const sentAt = Date.UTC(2026, 10, 28, 23, 5, 10);
  const full = received(deadJob(aJob(), { reason: 'labels-quota-reached' }));
  const [older, newest] = [
    { ...full, sentAt: sentAt - 60_000 },
    { ...full, sentAt },
  ];
  const other = { ...received(deadJob(aJob(), { reason: 'transient' })), sentAt: sentAt + 60_000 };
  const all = [older, newest, other];

  expect(renderFullSite(all, sentAt + 120_000)).toBe(
    'The site was full 2 min ago, and the workers ask it again ten minutes later: what needs a new label before 23:15 is a dead letter again.\n',
  );
  expect(renderFullSite(all, sentAt + 600_000)).toBe('');
  expect(renderFullSite([other], sentAt)).toBe('');
});

test('`show` prints nothing that a terminal obeys', async () => {
  const { context, written, out } = failingStage();

  await show('ada', {}, context);

  expect(printed(await written(out))).toContain(String.raw`"firstName": "A\u009b2J"`);
});

test('what `show` says to do next is about the same stage', async () => {
  const { context, written } = failingStage();

  await show('ada', { stage: 'prod', region: 'eu-west-1' }, context);

  const commands = (await written()).match(/\.\/earmark .*/g) ?? [];
  expect(commands).toHaveLength(2);
  for (const command of commands)
    expect(command).toMatch(/--id ada --stage prod --region eu-west-1$/);
});
