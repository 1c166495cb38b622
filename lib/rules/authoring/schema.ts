// The schema of rules.yml, and what each value of it becomes. Build-time only: the bundle holds the result.
import * as z from 'zod';
import { EVENT_TYPES, MISSING_POLICIES, SOURCE_NAME, type SourceName } from '../../events/event.ts';
import { inWords } from '../../sources/in-words.ts';
import { sourceNames } from '../../sources/index.ts';
import { didYouMean } from '../../yaml/suggest.ts';
import { DEFAULT_COMPUTED_LABELS, MAX_NAMES } from '../config.ts';
import { StandingEntry } from './labels-schema.ts';
import { cel, label, numberOfNames } from './words.ts';

const eventType = z.enum(EVENT_TYPES);

/** The name of a source that there is. */
export const sourceName = z.string().refine((name) => sourceNames().includes(name), {
  error: ({ input }) => {
    const names = sourceNames();
    const hint = didYouMean(String(input), names);
    return `\`${input}\` is none of ${inWords(names)}${hint && `. ${hint}`}`;
  },
});

const topic = z
  .string()
  .regex(/^\S(?:.{0,198}\S)?$/, 'must be one line of 1 to 200 characters, no blanks at the ends');

function oneOrMore<W extends string>(word: z.ZodType<W, W>) {
  const words = z.array(word).min(1, 'the list is empty: name one, or leave the key out');
  return z.union([word, words]).transform((given) => (Array.isArray(given) ? given : [given]));
}

const labelList = z.array(label).min(1, 'the list is empty: name a label, or leave the key out');

export const TableUse = z.strictObject({
  table: z.string().describe('The name of a table, under `tables`.'),
  keys: cel.describe(
    'A CEL expression that gives the values to look up: a list of texts, or a text. What is not in the table has no label.',
  ),
});

function labels(verb: string) {
  return z
    .union([
      labelList.transform((names) => ({ labels: names })),
      cel.transform((expression) => ({ cel: expression })),
      TableUse,
    ])
    .describe(
      `The labels to ${verb}: a list of names, one CEL expression that gives a list of texts or a text, or a table and its keys.`,
    );
}

const csvFile = z
  .string()
  .regex(
    /^(?![/\\])(?!.*(?:^|[/\\])\.\.)(?!.*:).+\.csv$/i,
    'must be the name of a .csv file beside rules.yml, or in a folder there',
  );

const Table = z
  .union([csvFile, z.record(z.string(), z.union([labelList, label]))])
  .describe(
    'A mapping of values to a label, or to a list of labels; or the name of a CSV file beside this one, whose first line is value,label.',
  );

export const Rule = z
  .strictObject({
    name: z
      .string()
      .regex(/^\S(?:.{0,98}\S)?$/, 'must be one line of 1 to 100 characters, no blanks at the ends')
      .describe('A name of its own: logs and dead letters call the rule by it.'),
    on: oneOrMore(eventType)
      .describe(
        'The event type, or types, that the rule listens to. All, when `topics` is there instead.',
      )
      .exactOptional(),
    topics: oneOrMore(topic)
      .describe(
        "The topic, or topics, that the rule listens to: the sender's own names for what happened, letter by letter.",
      )
      .exactOptional(),
    sources: oneOrMore(sourceName)
      .describe('The source, or sources, that the rule listens to. All, when left out.')
      .exactOptional(),
    when: cel
      .describe('A CEL condition over `event`: the rule applies when it is true.')
      .exactOptional(),
    add: labels('add').exactOptional(),
    remove: labels('remove').exactOptional(),
  })
  .refine((rule) => rule.add !== undefined || rule.remove !== undefined, {
    error: 'the rule does nothing: give it `add`, `remove` or both',
    path: [],
  })
  .refine((rule) => rule.on !== undefined || rule.topics !== undefined, {
    error: 'the rule listens to nothing: give it `on`, `topics` or both',
    path: [],
  })
  .meta({
    allOf: [
      { anyOf: [{ required: ['add'] }, { required: ['remove'] }] },
      { anyOf: [{ required: ['on'] }, { required: ['topics'] }] },
    ],
  });

export const RulesFile = z
  .strictObject({
    contacts: z
      .strictObject({
        missing: z
          .enum(MISSING_POLICIES)
          .default('wait')
          .describe(
            'An event about somebody who is no contact yet: wait for the contact, create it, or ignore the event.',
          ),
      })
      .default({ missing: 'wait' })
      .describe('How contacts are found.'),
    limits: z
      .strictObject({
        computedLabels: numberOfNames(MAX_NAMES)
          .default(DEFAULT_COMPUTED_LABELS)
          .describe(
            'How many label names expressions may give one event. A rule that gives more fails.',
          ),
      })
      .default({ computedLabels: DEFAULT_COMPUTED_LABELS })
      .describe('What one event may do at most.'),
    tables: z
      .record(z.string(), Table)
      .describe('Tables of values to labels, by name, for `add` and `remove`.')
      .prefault({}),
    labels: z
      .array(StandingEntry)
      .min(1, 'the list is empty: describe a label, or leave the key out')
      .describe('Standing labels: each is on a contact exactly while its condition holds.')
      .exactOptional(),
    rules: z
      .array(Rule)
      .nullable()
      .describe('The rules, in the order they run. For one label, the later rule wins.')
      .exactOptional(),
  })
  .describe('Earmark: which events earn or lose which labels.')
  .meta({
    anyOf: [
      { required: ['rules'], properties: { rules: { type: 'array', minItems: 1 } } },
      { required: ['labels'] },
    ],
  });

/**
 * The JSON Schema of rules.yml, for editors. Draft 7 is what the YAML language server knows best.
 * @param names the sources that an editor suggests; a user may have others, which only their project knows
 */
export function rulesJsonSchema(names: readonly SourceName[]): object {
  return z.toJSONSchema(RulesFile, {
    target: 'draft-7',
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema !== sourceName) return;
      jsonSchema.anyOf = [{ enum: [...names] }, { pattern: SOURCE_NAME.source }];
    },
  });
}
