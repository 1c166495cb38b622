import type { LabelJob } from '../../../lib/queue/job.ts';
import { parseJson } from '../../../lib/runtime/json.ts';
import { unbroken } from '../../../lib/runtime/visible.ts';
import { isTooDeep } from '../../../lib/sources/payload/parse.ts';
import { table } from '../../../terminal/table.ts';
import type { CommandContext } from '../../kit/command.ts';
import { factInWords } from '../../kit/facts.ts';
import { CliFailure, wrongUsage } from '../../kit/failure.ts';
import { saveFile } from '../../kit/files.ts';
import { type Target, type TargetOptions, targetOptions } from '../../kit/target.ts';
import { paint, whole, writeJson } from '../../kit/terminal.ts';
import { many, span } from '../../kit/words.ts';
import {
  countOf,
  type DeadLetter,
  deletedAt,
  keptText,
  shortId,
  sourceOf,
  toFields,
  toRow,
} from './dead-letter.ts';
import { createFilter } from './filter.ts';
import type { Drained } from './lease.ts';
import { readDeadLetters, renderUnread, withDeadLetters } from './open.ts';
import { remedyOf } from './reasons.ts';

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
  await withDeadLetters(options, context, async (lease, target) => {
    const { terminal } = context;
    const drained = await readDeadLetters(lease, context);
    if (terminal.signal.aborted) return;
    const deadLetter = find(id, drained, target, context.now());
    const { body } = deadLetter;
    if (options.save !== undefined) {
      // Never over another file.
      await saveFile(options.save, body, { flag: 'wx' });
      terminal.err.write(
        `Saved to ${options.save}. It holds what the sender sent: personal data.\n`,
      );
    }
    if (options.json) {
      writeJson(terminal, { ...toFields(deadLetter), body: dataOf(body) ?? body });
    } else if (options.body) whole(terminal).write(`${body}\n`);
    else {
      terminal.out.write(`${renderDeadLetter(deadLetter, context)}\n`);
      whole(terminal).write(`${renderContent(deadLetter)}\n`);
      terminal.err.write(`\n${renderNextSteps(deadLetter, targetOptions(options))}\n`);
    }
  });
}

/** The one dead letter of that id. @throws CliFailure for none, and for several */
function find(id: string, drained: Drained, target: Target, now: number): DeadLetter {
  const found = drained.deadLetters.filter(createFilter({ id: [id] }, now));
  const [deadLetter] = found;
  if (deadLetter === undefined) {
    throw new CliFailure(
      `None of ${countOf(drained.deadLetters.length)} in ${target.name} has the id ${id}. (The first 8 characters are enough, and the fewest.) ` +
        `\`./earmark dead-letters list\` shows what there is.\n${renderUnread(drained)}`.trimEnd(),
    );
  }
  if (found.length === 1) return deadLetter;
  const rows = table(found.slice(0, 20).map((one) => toRow(one, now)));
  throw wrongUsage(
    `${countOf(found.length)} have an id that begins with ${id}. Write more of it:\n${rows}`,
  );
}

function renderDeadLetter(deadLetter: DeadLetter, { terminal, now }: CommandContext): string {
  const { reason, detail, ...others } = deadLetter.info;
  const remedy = remedyOf(reason);
  const rows = [
    ['dead letter', deadLetter.id],
    ['reason', reason],
    ...(detail ? [['detail', detail]] : []),
    ...(remedy ? [['what to do', remedy]] : []),
    [
      'sent',
      `${new Date(deadLetter.sentAt).toISOString()}, ${span(now() - deadLetter.sentAt)} ago`,
    ],
    ['deleted', `by SQS, in ${span(deletedAt(deadLetter) - now())}`],
    ...Object.entries({ ...others, source: sourceOf(deadLetter) }).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)]],
    ),
  ];
  const title = { job: 'The job', delivery: 'The delivery', neither: 'The message' };
  const heading = paint(terminal, 'bold', title[deadLetter.content.kind]);
  const values = table(rows, [], { column: 1, width: terminal.columns });
  return `${values}\n\n${heading}`;
}

function renderContent({ content, body }: DeadLetter): string {
  if (content.kind === 'neither') return body;
  if (content.kind === 'job') return renderJob(content.job);
  const { headers, receivedAt } = content.delivery;
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const text = keptText(content.delivery);
  const value = dataOf(text);
  const pretty = value === undefined ? text : JSON.stringify(value, null, 2);
  return [`received ${receivedAt}`, ...lines, '', pretty].join('\n');
}

/** Facts stand below it in words: `--body` has them as they are. */
function renderJob(job: LabelJob): string {
  const { facts, ...rest } = job;
  if (facts === undefined) return JSON.stringify(rest, null, 2);
  const kept = facts.map((fact) => `  ${unbroken(factInWords(fact))}`);
  const heading = `It keeps ${many(facts.length, 'fact')} of what the customer did${kept.length > 0 ? ':' : '.'}`;
  return [JSON.stringify(rest, null, 2), '', heading, ...kept].join('\n');
}

/** Undefined for text that is no JSON, or is nested too deep to be written again. */
const dataOf = (text: string): unknown => (isTooDeep(text) ? undefined : parseJson(text));

/** @param on what the command lines need to mean the same target: ` --stage prod`, or '' */
function renderNextSteps(deadLetter: DeadLetter, on: string): string {
  const id = shortId(deadLetter);
  const show = `./earmark dead-letters show ${id} --save dead-letter-${id}`;
  const drop = `Give it up:            ./earmark dead-letters drop --id ${id}${on}`;
  const replay = `Replay it:             ./earmark dead-letters replay --id ${id}${on}`;
  switch (deadLetter.content.kind) {
    case 'job':
      return `${replay}\n  (with what its rules give now: --recompute)\n${drop}`;
    case 'delivery':
      return [
        `Try the current rules: ${show}.json${on}`,
        `                       ./earmark rules test dead-letter-${id}.json`,
        replay,
        drop,
      ].join('\n');
    case 'neither':
      return `It cannot be replayed. Keep it:  ${show}.txt${on}\n${drop}`;
  }
}
