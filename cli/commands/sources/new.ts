import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { isCodeSource, SOURCE_NAME } from '../../../lib/events/event.ts';
import { loadSource } from '../../../lib/sources/authoring/load.ts';
import { type CommandContext, endWith } from '../../kit/command.ts';
import { CliFailure, EXIT, wrongUsage } from '../../kit/failure.ts';
import { saveFile } from '../../kit/files.ts';
import { whole } from '../../kit/terminal.ts';
import { readPayloadFiles } from '../rules/payload-files.ts';
import { captured } from './captured.ts';
import { draftOf } from './draft/draft.ts';

export interface NewOptions {
  readonly from: readonly string[];
  readonly header?: Readonly<Record<string, string>>;
  readonly docs: string;
  readonly stdout?: true;
}

/** `earmark sources new`. */
export async function newSource(
  name: string,
  { from, header: headers, docs, stdout }: NewOptions,
  { terminal, folder, now }: CommandContext,
): Promise<void> {
  if (!SOURCE_NAME.test(name) || isCodeSource(name)) {
    throw wrongUsage(
      `${name} is no name of a described source: small letters and digits with single dashes between, and none of the sources in code.`,
    );
  }
  const files = await readPayloadFiles(from, folder, terminal.signal);
  const deliveries = files.map(({ bytes }) => captured(bytes, { headers, now: now() }).delivery);
  const today = new Date(now()).toISOString().slice(0, 10);
  const draft = draftOf(deliveries, { name, docs, today });
  if (typeof draft === 'string') throw new CliFailure(`Nothing is drafted: ${draft}`);
  const text = renderDraft(draft);
  const file = join('my-sources', `${name}.yml`);
  loadSource(text, name, file);
  if (stdout) whole(terminal).write(text);
  else {
    await mkdir(dirname(resolve(folder, file)), { recursive: true });
    await saveFile(resolve(folder, file), text, { flag: 'wx', instead: 'Nothing is drafted: ' });
  }
  const said = stdout ? terminal.err : terminal.out;
  said.write([...draft.remarks, ...(stdout ? [] : [nextSteps(file, from)]), ''].join('\n'));
  if (draft.remarks.some((one) => one.startsWith('No e-mail'))) endWith(EXIT.found);
}

const nextSteps = (file: string, from: readonly string[]): string =>
  `${file} is drafted. Look at each line, and then:
  ./earmark sources check ${file}
  ./earmark sources try ${from[0]}`;

/** The file, with what is not sure of it on top. */
export function renderDraft({
  file,
  remarks,
}: Exclude<ReturnType<typeof draftOf>, string>): string {
  const comments = ['Drafted from captured bodies: look at each line.', ...remarks];
  return [
    '# yaml-language-server: $schema=../sources.schema.json',
    ...comments.map((one) => `# ${one}`),
    stringify(file, { lineWidth: 100, aliasDuplicateObjects: false }),
  ].join('\n');
}
