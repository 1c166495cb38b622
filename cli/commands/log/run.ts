import type { CommandContext } from '../../kit/command.ts';
import { CliFailure, EXIT, wrongUsage } from '../../kit/failure.ts';
import { type Logs, usingLogs } from '../../kit/open-logs.ts';
import { sourceFrom } from '../../kit/sources.ts';
import type { FunctionLogLine, TargetOptions } from '../../kit/target.ts';
import { paint, writeJson } from '../../kit/terminal.ts';
import { many } from '../../kit/words.ts';
import { personOf, sinceOf, subjectOf } from '../explain/subject.ts';
import { isWanted, type Wanted } from './filter.ts';
import { FOLLOWED, layoutOf, localTime, openTimes, renderCounts, renderRow } from './render.ts';
import { createRowReader, rowsOf } from './rows.ts';

export interface LogOptions extends TargetOptions {
  readonly since: string;
  readonly follow?: boolean;
  readonly source?: string;
  readonly status?: string;
  readonly person?: string;
  readonly order?: string;
  readonly json?: boolean;
}

/** Lines that no sender sent, and those of names in an address that are no source's. */
const NO_SENDERS = ['earmark', 'unknown'];

/** `earmark log`: what came in lately. */
export async function log(options: LogOptions, context: CommandContext): Promise<void> {
  const { source, status, order, person } = options;
  const { terminal, now } = context;
  const since = sinceOf(options.since, now());
  if (source !== undefined && !NO_SENDERS.includes(source)) sourceFrom(source);
  const subject = person === undefined ? undefined : subjectOf(person);
  if (subject && subject.kind !== 'email') {
    throw wrongUsage(`--person is "${person}", which is no e-mail address.`);
  }
  const note = (text: string) => terminal.err.write(`${paint(terminal, 'dim', text)}\n`);
  await usingLogs(options, context, async (logs) => {
    const found = subject && (await personOf(logs, subject));
    if (found?.problem) note(`Wix could not be asked who that is (${found.problem}).`);
    const wanted: Wanted = { source, status, order, person: found };
    const work = options.follow ? follow : list;
    await work({ logs, since, wanted, note }, options, context);
  }).catch((error: unknown) => {
    const isStopped = terminal.signal.aborted && !options.follow;
    throw isStopped ? new CliFailure('Stopped.', EXIT.interrupted) : error;
  });
}

interface Asked {
  readonly logs: Logs;
  readonly since: number;
  readonly wanted: Wanted;
  readonly note: (text: string) => void;
}

async function list(
  { logs, since, wanted, note }: Asked,
  { json }: LogOptions,
  { terminal, now }: CommandContext,
): Promise<void> {
  const { signal } = terminal;
  let unread = 0;
  const onUnreadable = () => {
    unread += 1;
  };
  const lines: FunctionLogLine[] = [];
  for await (const line of logs.tail({ since, follow: false, signal, onUnreadable }))
    lines.push(line);
  const rows = rowsOf(lines).filter((row) => isWanted(row, wanted));
  if (json) {
    const document = { target: logs.name, since: new Date(since).toISOString(), rows, unread };
    writeJson(terminal, document);
    return;
  }
  const options = { terminal, now: now(), times: openTimes() };
  const layout = layoutOf(rows, options);
  for (const row of rows) terminal.out.write(`${renderRow(row, layout, options)}\n`);
  const when = localTime(new Date(since).toISOString(), options);
  // Who moved its clock on by half a year finds what just came in half a year back.
  const further =
    logs.kind === 'engine' ? '\nBy its own clock, that is: --since 365d looks further back.' : '';
  note(
    rows.length === 0
      ? `Nothing came in at ${logs.name} since ${when}, or nothing of what was asked for.${further}`
      : `${logs.name}, since ${when}: ${renderCounts(rows)}.`,
  );
  if (unread > 0) note(`${many(unread, 'line')} of the log could not be read.`);
}

/** Goes on until the signal ends what it waits for. */
async function follow(
  { logs, since, wanted, note }: Asked,
  { json }: LogOptions,
  { terminal, now }: CommandContext,
): Promise<void> {
  const { signal, out } = terminal;
  const read = createRowReader();
  const times = openTimes();
  const behind = logs.kind === 'stage' ? ', 10 to 15 s behind' : '';
  note(`Following ${logs.name}${behind}. Ctrl-C ends it.`);
  for await (const line of logs.tail({ since, follow: true, signal })) {
    for (const row of read(line).filter((one) => isWanted(one, wanted))) {
      const options = { terminal, now: now(), times };
      out.write(`${json ? JSON.stringify(row) : renderRow(row, FOLLOWED, options)}\n`);
    }
  }
}
