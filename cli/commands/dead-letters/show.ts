import { parseJson } from '../../../lib/runtime/json.ts';
import { isTooDeep } from '../../../lib/sources/payload/json.ts';
import { table } from '../../../terminal/table.ts';
import type { CommandContext, TargetOptions } from '../../kit/command.ts';
import { CliFailure, EXIT } from '../../kit/failure.ts';
import { saveFile } from '../../kit/save-file.ts';
import { targetOptions } from '../../kit/target.ts';
import { paint, writeJson } from '../../kit/terminal.ts';
import { type DeadLetter, keptText, sourceOf } from './dead-letter.ts';
import { createFilter } from './filter.ts';
import { readDeadLetters, unreadNotice, withDeadLetters } from './open.ts';
import { remedyOf } from './reasons.ts';
import { deadLetters, deletedAt, facts, row, shortId, span } from './words.ts';

export interface ShowOptions extends TargetOptions {
  readonly body?: boolean;
  readonly save?: string;
  readonly json?: boolean;
}

/** `earmark dead-letters show ID` */
export async function show(
  id: string,
  options: ShowOptions,
  context: CommandContext,
): Promise<void> {
  const deadLetter = await find(id, options, context);
  if (deadLetter === undefined) return;
  const { out, err } = context.terminal;
  if (options.save !== undefined) await save(options.save, deadLetter, context);
  if (options.json) {
    const body = dataOf(deadLetter.body) ?? deadLetter.body;
    writeJson(context.terminal, { ...facts(deadLetter), body });
  } else if (options.body) out.write(`${deadLetter.body}\n`);
  else {
    out.write(`${describe(deadLetter, context)}\n`);
    err.write(`\n${nextSteps(deadLetter, targetOptions(options))}\n`);
  }
}

/** The one dead letter of that id. undefined: ended by Ctrl-C. @throws CliFailure for none, and for several */
async function find(
  id: string,
  options: ShowOptions,
  context: CommandContext,
): Promise<DeadLetter | undefined> {
  return withDeadLetters(options, context, async (queue, target) => {
    const drained = await readDeadLetters(queue, context);
    if (context.terminal.signal.aborted) return undefined;
    const found = drained.deadLetters.filter(createFilter({ id: [id] }, context.now()));
    const [deadLetter] = found;
    if (deadLetter === undefined) {
      throw new CliFailure(
        `None of ${deadLetters(drained.deadLetters.length)} in ${target.name} has the id ${id}. ` +
          `\`npx earmark dead-letters list\` shows what there is.\n${unreadNotice(drained)}`.trimEnd(),
      );
    }
    if (found.length === 1) return deadLetter;
    const rows = table(found.slice(0, 20).map((one) => row(one, context.now())));
    const message = `${deadLetters(found.length)} have an id that begins with ${id}. Write more of it:\n${rows}`;
    throw new CliFailure(message, EXIT.usage);
  });
}

/** Never over another file. @throws CliFailure */
async function save(
  file: string,
  { body }: DeadLetter,
  { terminal }: CommandContext,
): Promise<void> {
  await saveFile(file, body, { flag: 'wx' });
  terminal.err.write(`Saved to ${file}. It holds what the sender sent: personal data.\n`);
}

function describe(deadLetter: DeadLetter, { terminal, now }: CommandContext): string {
  const { reason, detail, ...others } = deadLetter.info;
  const remedy = remedyOf(reason);
  const left = span(deletedAt(deadLetter) - now());
  const rows = [
    ['dead letter', deadLetter.id],
    ['reason', reason],
    ...(detail ? [['detail', detail]] : []),
    ...(remedy ? [['what to do', remedy]] : []),
    [
      'sent',
      `${new Date(deadLetter.sentAt).toISOString()}, ${span(now() - deadLetter.sentAt)} ago`,
    ],
    ['deleted', `by SQS, in ${left}`],
    ...Object.entries({ ...others, source: sourceOf(deadLetter) }).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)]],
    ),
  ];
  const title = { job: 'The job', delivery: 'The delivery', neither: 'The message' };
  const heading = paint(terminal, 'bold', title[deadLetter.content.kind]);
  const values = table(rows, [], { column: 1, width: terminal.columns });
  return `${values}\n\n${heading}\n${content(deadLetter)}`;
}

function content({ content: what, body }: DeadLetter): string {
  switch (what.kind) {
    case 'job':
      return JSON.stringify(what.job, null, 2);
    case 'delivery': {
      const { headers, receivedAt } = what.delivery;
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
      return [`received ${receivedAt}`, ...lines, '', pretty(keptText(what.delivery))].join('\n');
    }
    case 'neither':
      return body;
  }
}

/** Undefined for text that is no JSON, or is nested too deep to be written again. */
const dataOf = (text: string): unknown => (isTooDeep(text) ? undefined : parseJson(text));

function pretty(text: string): string {
  const value = dataOf(text);
  return value === undefined ? text : JSON.stringify(value, null, 2);
}

/** @param on what the command lines need to mean the same target: ` --stage prod`, or '' */
function nextSteps(deadLetter: DeadLetter, on: string): string {
  const id = shortId(deadLetter);
  const drop = `Give it up:        npx earmark dead-letters drop --id ${id}${on}`;
  const replay = `Replay it:         npx earmark dead-letters replay --id ${id}${on}`;
  switch (deadLetter.content.kind) {
    case 'job':
      return `${replay}\n  (with what its rules give today: --rules current)\n${drop}`;
    case 'delivery': {
      const file = `dead-letter-${id}.json`;
      return [
        `Try today's rules: npx earmark dead-letters show ${id} --save ${file}${on}`,
        `                   npx earmark rules test ${file}`,
        replay,
        drop,
      ].join('\n');
    }
    case 'neither':
      return `It cannot be replayed. Keep it:  npx earmark dead-letters show ${id} --save dead-letter-${id}.txt${on}\n${drop}`;
  }
}
