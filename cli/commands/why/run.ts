import type { StandingDefinition } from '../../../lib/rules/config.ts';
import { compileLabels } from '../../../lib/standing/compile.ts';
import { didYouMean } from '../../../lib/yaml/suggest.ts';
import { type CommandContext, endWith, usingTarget } from '../../kit/command.ts';
import { readRules } from '../../kit/current-rules.ts';
import { factInJson } from '../../kit/facts.ts';
import { CliFailure, EXIT } from '../../kit/failure.ts';
import { type Histories, usingHistories } from '../../kit/histories.ts';
import { findPerson, type Person } from '../../kit/person.ts';
import { type RulesOptions, rulesFile } from '../../kit/rules-option.ts';
import { openSite } from '../../kit/site.ts';
import type { Target, TargetOptions } from '../../kit/target.ts';
import { writeJson } from '../../kit/terminal.ts';
import { type LabelOfPerson, labelsOf } from './labels.ts';
import { renderWhy } from './report.ts';

export interface WhyOptions extends TargetOptions, RulesOptions {
  readonly json?: boolean;
}

/** A look-up or two; the workers' budget is theirs. */
const CALLS_PER_MINUTE = 10;

/** `earmark why`: each standing label of a person, and why. */
export async function why(
  given: string,
  label: string | undefined,
  options: WhyOptions,
  context: CommandContext,
): Promise<void> {
  const definitions = await readDefinitions(rulesFile(options), context.folder);
  await usingTarget(options, context, (target) =>
    usingHistories(target, context, async (histories) => {
      const { terminal } = context;
      const now = context.now();
      const { person, labels: all } = await explainPerson(given, definitions, {
        ...{ target, histories, now },
        signal: terminal.signal,
      });
      for (const note of notesOf(person, definitions, histories)) terminal.err.write(`${note}\n`);
      const labels = only(label, all);
      if (options.json) writeJson(terminal, toJson(given, person, labels));
      else if (isNobody(person)) terminal.out.write(`${nothingKept(given, target.name, person)}\n`);
      else terminal.out.write(`${renderWhy({ given, person, labels, now }, terminal)}\n`);
      if (isNobody(person)) endWith(EXIT.found);
    }),
  );
}

interface Known {
  readonly target: Target;
  readonly histories: Histories;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly signal: AbortSignal;
}

/** Who it is, and each standing label with its reasons. */
export async function explainPerson(
  given: string,
  definitions: readonly StandingDefinition[],
  { target, histories, now, signal }: Known,
) {
  const openWix = async () => (await openSite(target, CALLS_PER_MINUTE, signal)).wix;
  const person = await findPerson(histories, given, openWix);
  const { facts, state } = person.record;
  const known = person.contactId === undefined ? person.waiting : facts;
  return { person, labels: labelsOf({ definitions, facts: known, state, now, ...histories }) };
}

/** The standing labels of a rules file. @throws CliFailure where it has none */
async function readDefinitions(file: string, folder: string) {
  const { config } = await readRules(file, folder);
  if (config.labels) return config.labels;
  throw new CliFailure(`${file} has no \`labels:\`, so there are no standing labels to explain.`);
}

function notesOf(
  { record, problem }: Person,
  definitions: Parameters<typeof compileLabels>[0],
  { retentionMs }: Pick<Histories, 'retentionMs'>,
): readonly string[] {
  const { hash } = compileLabels(definitions, { retentionMs });
  const { definitions: before } = record.state ?? {};
  return [
    problem && `Wix could not be asked who that is: ${problem}`,
    before &&
      before !== hash &&
      'Earmark last looked at this contact by other definitions than those of rules.yml here.',
  ].filter((note) => typeof note === 'string');
}

function only(label: string | undefined, all: readonly LabelOfPerson[]): readonly LabelOfPerson[] {
  if (label === undefined) return all;
  const found = all.filter(({ name }) => name === label);
  if (found.length > 0) return found;
  const names = all.flatMap(({ name }) => name ?? []);
  throw new CliFailure(
    `"${label}" is no standing label of this person. ${didYouMean(label, names) || `There are ${names.join(', ')}.`}`,
  );
}

const isNobody = ({ record, waiting }: Person): boolean =>
  record.state === undefined && record.facts.length === 0 && waiting.length === 0;

const nothingKept = (given: string, where: string, { contactId }: Person): string =>
  `Nothing is kept of ${given}${contactId ? ` (contact ${contactId})` : ''} in ${where}. ` +
  `What an event brought and what became of it: ./earmark explain ${given}`;

const iso = (at: number | undefined): string | undefined =>
  at === undefined ? undefined : new Date(at).toISOString();

/** The document of `--json`. */
export const toJson = (given: string, person: Person, labels: readonly LabelOfPerson[]) => ({
  given,
  contactId: person.contactId,
  mergedFrom: person.mergedFrom,
  problem: person.problem,
  facts: person.record.facts.map(factInJson),
  cut: person.record.cut,
  waiting: person.waiting.map(factInJson),
  labels: labels.map(({ held, facts, since, changesAt, ...one }) => ({
    ...one,
    on: held !== undefined,
    onSince: iso(held?.since),
    shouldSince: iso(since),
    changesAt: iso(changesAt),
    facts: facts.map(factInJson),
  })),
  nextLook: iso(person.record.state?.dueAt),
});
