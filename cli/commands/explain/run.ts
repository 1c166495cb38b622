import { type CommandContext, endWith } from '../../kit/command.ts';
import { CliFailure, EXIT } from '../../kit/failure.ts';
import { type Target, type TargetOptions, targetOptions } from '../../kit/target.ts';
import { paint, writeJson } from '../../kit/terminal.ts';
import { many } from '../../kit/words.ts';
import { type PersonKeys, personOf } from './person.ts';
import { clock, renderStory } from './report.ts';
import { type SearchResult, searchLogs } from './search.ts';
import { type Subject, sinceOf, subjectOf } from './subject.ts';

export interface ExplainOptions extends TargetOptions {
  readonly since: string;
  readonly limit: number;
  readonly json?: boolean;
}

/** What was asked, and where it was looked for. */
interface Asked {
  readonly subject: Subject;
  readonly person: PersonKeys;
  readonly since: number;
  readonly target: Target;
}

/** Tells what the logs know of a person, an event or a job. */
export async function run(
  given: string,
  options: ExplainOptions,
  context: CommandContext,
): Promise<void> {
  const subject = subjectOf(given);
  const since = sinceOf(options.since, context.now());
  const target = await context.openTarget(options);
  try {
    if (target.kind === 'stage') note(context, `Searching the logs of ${target.name} …`);
    const person = await personOf(target, subject);
    const { signal } = context.terminal;
    const search = { subject, person, since, limit: options.limit, signal };
    const result = await searchLogs(target, search);
    const asked = { subject, person, since, target };
    if (options.json) writeJson(context.terminal, documentOf(asked, result));
    else writeText(context, options, asked, result);
    if (result.stories.length === 0) endWith(EXIT.found);
  } catch (error) {
    if (context.terminal.signal.aborted) throw new CliFailure('Stopped.', EXIT.interrupted);
    throw error;
  } finally {
    target.close();
  }
}

/** What `--json` tells. */
function documentOf(
  { subject, person, since, target }: Asked,
  { stories, more, unreadable }: SearchResult,
): object {
  return {
    subject: subject.value,
    target: target.name,
    since: new Date(since).toISOString(),
    contactIds: person.contactIds,
    groups: person.groups,
    problem: person.problem,
    events: stories,
    more,
    unreadable: unreadable.map(({ where }) => where),
  };
}

function writeText(
  context: CommandContext,
  options: ExplainOptions,
  asked: Asked,
  result: SearchResult,
): void {
  const { terminal, now } = context;
  const { stories, more, unreadable } = result;
  const { problem } = asked.person;
  if (problem) {
    note(
      context,
      `Wix could not be asked who that is (${problem}): what names the person in another way is not found.`,
    );
  }
  if (unreadable.length > 0) {
    const places = unreadable.slice(0, 3).map(({ where }) => where);
    const others = unreadable.length > places.length ? ', …' : '';
    const lines = `${many(unreadable.length, 'line')} of the log that may be about it cannot be read`;
    note(context, `${lines} (${places.join(', ')}${others}): what they say is missing below.`);
  }
  if (stories.length === 0) {
    terminal.out.write(`${nothing(asked)}\n`);
    return;
  }
  const telling = { terminal, now: now(), targetOptions: targetOptions(options) };
  const told = stories.map((story) => renderStory(story, telling));
  terminal.out.write(`${heading(asked, stories.length, more)}\n\n${told.join('\n\n')}\n`);
}

function heading({ subject, person, since, target }: Asked, count: number, more: number): string {
  const others = more > 0 ? `the latest ${count} of ${count + more} events` : many(count, 'event');
  const who =
    subject.kind === 'email' && person.contactIds.length > 0
      ? ` (contact ${person.contactIds.join(', ')})`
      : '';
  const wider = more > 0 ? ` --limit ${count + more} shows all.` : '';
  return `${subject.value}${who}: ${others} in the logs of ${target.name} since ${clock(new Date(since).toISOString())}. Times are UTC.${wider}`;
}

/** What a person can do who sees nothing. */
function nothing({ subject, person, since, target }: Asked): string {
  const when = clock(new Date(since).toISOString());
  const contacts = person.contactIds.join(', ') || 'none that Wix shows';
  const searched = {
    email: `Searched for: events that name the address (group ${person.groups[0]}), and its contacts: ${contacts}.`,
    guid: 'Searched for: contact, member, event and job ids.',
    id: 'Searched for: event ids that hold it, and job ids that begin with it, from 8 characters on.',
  }[subject.kind];
  const kept =
    target.kind === 'engine'
      ? 'It was before the engine was started: its log begins with that.'
      : 'It is older: try --since 30d. Logs are kept for 30 days, unless serverless.yml says otherwise.';
  const reasons = [
    "It never came, or not here: the sender's list of webhook deliveries tells.",
    'It was refused, could not be read, or is of a topic that Earmark passes over: such lines name nobody.',
    subject.kind === 'id'
      ? 'The id is another: Earmark puts the topic before the ids of some sources (docs/sources.md).'
      : 'It names the person in another way: by another e-mail, a phone or a member id.',
    kept,
    ...(target.kind === 'stage'
      ? ['It is new: lines reach CloudWatch Logs after some seconds.']
      : []),
  ];
  return `Nothing about ${subject.value} in the logs of ${target.name} since ${when} UTC.
${searched}
What it may mean:
${reasons.map((reason) => `  - ${reason}`).join('\n')}`;
}

function note({ terminal }: CommandContext, text: string): void {
  terminal.err.write(`${paint(terminal, 'dim', text)}\n`);
}
