import { resolve } from 'node:path';
import { type CommandContext, endWith } from '../../kit/command.ts';
import { CliFailure, EXIT } from '../../kit/failure.ts';
import { type Logs, usingLogs } from '../../kit/open-logs.ts';
import {
  compareWithRunning,
  differenceInWords,
  type RulesCompared,
} from '../../kit/rules-in-force.ts';
import { type RulesOptions, rulesFile } from '../../kit/rules-option.ts';
import { type TargetOptions, targetOptions } from '../../kit/target.ts';
import { paint, writeJson } from '../../kit/terminal.ts';
import { many } from '../../kit/words.ts';
import { clock, renderStory } from './report.ts';
import { type SearchResult, searchLogs } from './search.ts';
import { type PersonKeys, personOf, type Subject, sinceOf, subjectOf } from './subject.ts';

export interface ExplainOptions extends TargetOptions, RulesOptions {
  readonly since: string;
  readonly limit: number;
  readonly json?: boolean;
}

/** What was asked, and where it was looked for. */
interface Asked {
  readonly subject: Subject;
  readonly person: PersonKeys;
  readonly since: number;
  readonly logs: Logs;
  /** What runs now, beside the folder's. */
  readonly rules: RulesCompared | undefined;
}

/** `earmark explain`: what the logs know of a person, an event or a job. */
export async function explain(
  given: string,
  options: ExplainOptions,
  context: CommandContext,
): Promise<void> {
  const subject = subjectOf(given);
  const since = sinceOf(options.since, context.now());
  const { terminal } = context;
  const { signal } = terminal;
  const note = (text: string) => terminal.err.write(`${paint(terminal, 'dim', text)}\n`);
  await usingLogs(options, context, async (logs) => {
    if (logs.kind === 'stage') note(`Searching the logs of ${logs.name} …`);
    const person = await personOf(logs, subject);
    const result = await searchLogs(logs, {
      subject,
      person,
      since,
      limit: options.limit,
      signal,
    });
    const rules =
      logs.target && compareWithRunning(resolve(context.folder, rulesFile(options)), logs.target);
    const asked = { subject, person, since, logs, rules };
    if (options.json) writeJson(terminal, toJson(asked, result));
    else {
      const other = differenceInWords(rules, logs, options);
      if (other) note(other.join('\n'));
      for (const notice of renderNotices(asked, result)) note(notice);
      terminal.out.write(`${renderResult(asked, result, options, context)}\n`);
    }
    if (result.stories.length === 0) endWith(EXIT.found);
  }).catch((error: unknown) => {
    throw signal.aborted ? new CliFailure('Stopped.', EXIT.interrupted) : error;
  });
}

/** The document of `--json`. */
const toJson = (
  { subject, person, since, logs, rules }: Asked,
  { stories, more, unreadable }: SearchResult,
): object => ({
  subject: subject.value,
  target: logs.name,
  rules,
  since: new Date(since).toISOString(),
  contactIds: person.contactIds,
  groups: person.groups,
  problem: person.problem,
  events: stories,
  more,
  unreadable: unreadable.map(({ where }) => where),
});

/** What may be missing, and why. */
function renderNotices({ person }: Asked, { unreadable }: SearchResult): readonly string[] {
  const notices: string[] = [];
  if (person.problem) {
    notices.push(
      `Wix could not be asked who that is (${person.problem}): what names the person in another way is not found.`,
    );
  }
  if (unreadable.length > 0) {
    const places = unreadable.slice(0, 3).map(({ where }) => where);
    const others = unreadable.length > places.length ? ', …' : '';
    const lines = `${many(unreadable.length, 'line')} of the log that may be about it cannot be read`;
    notices.push(`${lines} (${places.join(', ')}${others}): what they say is missing below.`);
  }
  return notices;
}

function renderResult(
  asked: Asked,
  { stories, more }: SearchResult,
  options: ExplainOptions,
  { terminal, now }: CommandContext,
): string {
  const { subject, person, since, logs } = asked;
  if (stories.length === 0) return renderNothing(asked);
  const count = stories.length;
  const others = more > 0 ? `the latest ${count} of ${count + more} events` : many(count, 'event');
  const ids = person.contactIds.join(', ');
  const who = subject.kind === 'email' && ids ? ` (contact ${ids})` : '';
  const wider = more > 0 ? ` --limit ${count + more} shows all.` : '';
  const when = clock(new Date(since).toISOString());
  const heading = `${subject.value}${who}: ${others} in the logs of ${logs.name} since ${when}. Times are UTC.${wider}`;
  const how = { terminal, now: now(), targetOptions: targetOptions(options) };
  return [heading, ...stories.map((story) => renderStory(story, how))].join('\n\n');
}

/** What it may mean that nothing was found. */
function renderNothing({ subject, person, since, logs }: Asked): string {
  const when = clock(new Date(since).toISOString());
  const contacts = person.contactIds.join(', ') || 'none that Wix shows';
  const searched = {
    email: `Searched for: events that name the address (group ${person.groups[0]}), and its contacts: ${contacts}.`,
    guid: 'Searched for: contact, member, event and job ids.',
    order: `Searched for: events of an order with the number or id ${subject.value}.`,
    id: 'Searched for: event ids that hold it, and job ids that begin with it, from 8 characters on.',
  }[subject.kind];
  const reasons = [
    "It never came, or not here: the sender's list of webhook deliveries shows it.",
    'It was refused, could not be read, or is of a topic that Earmark passes over: such lines name nobody.',
    subject.kind === 'order'
      ? 'The event has no order, or the order another number: the sender may show one and send another.'
      : subject.kind === 'id'
        ? 'The id is another: Earmark puts the topic before the ids of some sources (docs/sources.md).'
        : 'It names the person in another way: by another e-mail, a phone or a member id.',
    ...(logs.kind === 'engine'
      ? ['It was before the engine was started: its log begins with that.']
      : [
          'It is older: try --since 30d. Logs are kept for 30 days, unless serverless.yml says otherwise.',
          'It is new: lines reach CloudWatch Logs after some seconds.',
        ]),
  ];
  return `Nothing about ${subject.value} in the logs of ${logs.name} since ${when} UTC.
${searched}
What it may mean:
${reasons.map((reason) => `  - ${reason}`).join('\n')}`;
}
