import { FACT_KINDS } from '../../../lib/history/fact.ts';
import { table } from '../../../terminal/table.ts';
import { ask } from '../../kit/ask.ts';
import { type CommandContext, endWith } from '../../kit/command.ts';
import { CliFailure, EXIT } from '../../kit/failure.ts';
import { type Histories, usingHistories } from '../../kit/histories.ts';
import { findPerson, type Person } from '../../kit/person.ts';
import { openSite } from '../../kit/site.ts';
import type { TargetOptions } from '../../kit/target.ts';
import { writeJson } from '../../kit/terminal.ts';
import { many } from '../../kit/words.ts';
import { countOf, type DeadLetter, shortId } from '../dead-letters/dead-letter.ts';
import { deleteById } from '../dead-letters/drop.ts';
import { readDeadLetters, renderUnread, withDeadLetters } from '../dead-letters/open.ts';
import { namesPerson } from './named-in.ts';

export interface ForgetOptions extends TargetOptions {
  readonly deadLetters?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** A look-up or two; the workers' budget is theirs. */
const CALLS_PER_MINUTE = 10;

/** What is kept of a person. */
interface Kept {
  readonly given: string;
  readonly person: Person;
  readonly deadLetters: readonly DeadLetter[];
}

/** `earmark forget`: erases what is kept of a person, once that is confirmed. */
export async function forget(
  given: string,
  options: ForgetOptions,
  context: CommandContext,
): Promise<void> {
  const { terminal } = context;
  await withDeadLetters(options, context, (lease, target) =>
    usingHistories(target, context, async (histories) => {
      const openWix = async () => (await openSite(target, CALLS_PER_MINUTE, terminal.signal)).wix;
      const person = await findPerson(histories, given, openWix, true);
      const drained = await readDeadLetters(lease, context);
      const about = { given, person, site: histories.site };
      const deadLetters = drained.deadLetters.filter((one) => namesPerson(one, about));
      const kept: Kept = { given, person, deadLetters };
      if (person.problem) {
        terminal.err.write(
          `Wix could not be asked for all addresses of the person (${person.problem}): what waits under others stays.\n`,
        );
      }
      terminal.err.write(renderUnread(drained));
      if (terminal.signal.aborted) return;
      if (isNothing(kept)) {
        if (options.json) writeJson(terminal, toJson(kept, 0));
        else terminal.out.write(`Nothing is kept of ${given} in ${target.name}.\n`);
        return endWith(EXIT.found);
      }
      terminal.err.write(`${renderPlan(kept, options, target.name)}\n`);
      if (!options.yes && !(await isConfirmed(context))) throw new CliFailure(NOTHING_DONE);
      await erase(histories, person);
      const ids = new Set(options.deadLetters ? deadLetters.map(({ id }) => id) : []);
      const gone = await deleteById(lease, ids, terminal.signal, () => {});
      if (options.json) writeJson(terminal, toJson(kept, gone.length));
      else terminal.out.write(renderDone(kept, gone.length));
      if (gone.length < ids.size) endWith(EXIT.found);
    }),
  );
}

const NOTHING_DONE = 'Nothing was erased.';

async function isConfirmed({ terminal }: CommandContext): Promise<boolean> {
  const answer = await ask(terminal, 'Erase it? "yes" does, anything else does not: ', {
    unasked: `${NOTHING_DONE.slice(0, -1)}: say --yes as well.`,
    unanswered: NOTHING_DONE,
  });
  return answer === 'yes';
}

/** The contact goes last: until then its state names all the rest, for another run. */
async function erase({ store, site }: Histories, person: Person): Promise<void> {
  const { references, mergedFrom, record, contactId } = person;
  for (const reference of references) await store.erase({ site, reference });
  const others = new Set([...mergedFrom, ...(record.state?.mergedFrom ?? [])]);
  for (const other of others) await store.erase({ site, contactId: other });
  if (contactId !== undefined) await store.erase({ site, contactId });
}

const isNothing = ({ person, deadLetters }: Kept): boolean =>
  person.record.state === undefined &&
  person.record.facts.length + person.waiting.length + deadLetters.length === 0;

function renderPlan({ given, person, deadLetters }: Kept, options: ForgetOptions, where: string) {
  const { record, contactId, waiting, references } = person;
  const kinds = FACT_KINDS.flatMap((kind) => {
    const count = record.facts.filter((fact) => fact.kind === kind).length;
    return count > 0 ? many(count, kind) : [];
  });
  const held = Object.keys(record.state?.held ?? {});
  const letters = deadLetters.map(shortId).join(', ');
  const rows = [
    ['facts', `${kinds.join(', ') || 'none'}${record.cut ? ', and more' : ''}`],
    ['waiting facts', String(waiting.length)],
    ['standing labels', held.join(', ') || 'none'],
    ['references', many(references.length, 'hash', 'hashes')],
    ...(deadLetters.length > 0
      ? [
          [
            'dead letters',
            `${letters} (${options.deadLetters ? 'to be deleted' : 'they stay: --dead-letters deletes them'})`,
          ],
        ]
      : []),
  ];
  const who = contactId === undefined ? given : `${given} (contact ${contactId})`;
  return `Kept of ${who} in ${where}:\n${table(rows.map((row) => ['', ...row]))}\nLabels at Wix stay as they are.`;
}

function renderDone({ given, deadLetters }: Kept, gone: number): string {
  const left = deadLetters.length - gone;
  return [
    `Erased what was kept of ${given}. The next event begins a new history.`,
    ...(gone > 0 ? [`Deleted ${countOf(gone)}.`] : []),
    ...(left > 0
      ? [`${countOf(left)} that name them stay; to replay one brings its facts back.`]
      : []),
    `A job of theirs that waits in the queue would bring facts back: ./earmark explain ${given}`,
    '',
  ].join('\n');
}

const toJson = ({ given, person, deadLetters }: Kept, gone: number): object => ({
  given,
  contactId: person.contactId,
  facts: person.record.facts.length,
  waiting: person.waiting.length,
  labels: Object.keys(person.record.state?.held ?? {}),
  references: person.references.length,
  deadLetters: deadLetters.map(({ id }) => id),
  deadLettersDeleted: gone,
  problem: person.problem,
});
