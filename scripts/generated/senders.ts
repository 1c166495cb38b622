import { CODE_SOURCES } from '../../lib/events/event.ts';
import type { LoadedSource } from '../../lib/sources/authoring/load.ts';
import type { Proof } from '../../lib/sources/authoring/proofs.ts';
import { secretSettingOf } from '../../lib/sources/index.ts';
import { eventLines, typesIn } from './event-words.ts';
import { anchor, bullets, code, paragraph, sentence, steps, table } from './markdown.ts';
import { proofWords } from './proof-words.ts';

/** docs/senders.md: every described source, from its file. */
export const sendersPage = (sources: readonly LoadedSource[]): string =>
  `${[
    '<!-- `npm run generate` writes this page from sources/*.yml. Change those. -->',
    '# Senders',
    paragraph(
      `Earmark reads ${sources.length} senders whose form is described in a file of [sources/](../sources), besides the ${CODE_SOURCES.length} of [sources.md](sources.md). Each chapter says how to set one up, what its events become, what it does not say and what no documentation confirms. [sources.md](sources.md#described-sources) explains the files, and how to describe a sender of your own.`,
    ),
    paragraph(
      'Where an event becomes `order.refunded` and the sender says that less than the total was paid back, it is `order.partially_refunded`.',
    ),
    table(
      ['sender', 'name, path', 'how it proves itself', 'events'],
      sources.map(({ description: { title, name, signed }, file }) => [
        `[${title}](${anchor(title)})`,
        `${code(name)}, ${code(pathOf(name, signed))}`,
        proofWords(signed),
        typesIn(file.events).map(code).join(', '),
      ]),
    ),
    ...sources.map(chapter),
  ].join('\n\n')}\n`;

const pathOf = (name: string, signed: Proof | readonly Proof[]): string => {
  const [first] = [signed].flat();
  if (first?.scheme === 'path') return `/webhooks/${name}/SECRET`;
  return first?.scheme === 'query'
    ? `/webhooks/${name}?${first.parameter}=SECRET`
    : `/webhooks/${name}`;
};

function chapter({ description, file }: LoadedSource): string {
  const { title, name, signed } = description;
  const { setup, silent, unconfirmed, docs, checked, secret, events } = file;
  const setting = secretSettingOf(name);
  return [
    `## ${title}`,
    paragraph(
      `${code(pathOf(name, signed))} · proved by ${proofWords(signed)} · ${code(setting)}: ${sentence(secret)}`,
    ),
    steps(setup.map(sentence)),
    ...section('What its events become:', eventLines(events)),
    ...section('What it does not say:', silent.map(sentence)),
    ...section('Unconfirmed:', unconfirmed.map(sentence)),
    ...section(
      `Read on ${checked} in:`,
      [docs].flat().map((url) => `<${url}>`),
    ),
  ].join('\n\n');
}

const section = (heading: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [heading, bullets(lines)];
