import { basename } from 'node:path';
import { readSourceFile, sourceFiles } from '../../../lib/sources/authoring/files.ts';
import { type LoadedSource, loadSource } from '../../../lib/sources/authoring/load.ts';
import { unfoundIn } from '../../../lib/sources/authoring/unfound.ts';
import { asLine, FileError, type FileProblem } from '../../../lib/yaml/problem.ts';
import { type CommandContext, endWith } from '../../kit/command.ts';
import { EXIT } from '../../kit/failure.ts';
import { readText } from '../../kit/files.ts';
import { paint, type Terminal, writeJson } from '../../kit/terminal.ts';
import { many } from '../../kit/words.ts';

export interface CheckOptions {
  readonly strict?: true;
  readonly json?: true;
}

interface Checked {
  readonly samples: number;
  readonly errors: readonly FileProblem[];
  readonly remarks: readonly FileProblem[];
}

/** `earmark sources check`: the files named, or all. */
export async function check(
  names: readonly string[],
  { json, strict }: CheckOptions,
  context: CommandContext,
): Promise<void> {
  const { terminal } = context;
  const checked =
    names.length === 0
      ? [...sourceFiles()].map(([name, file]) => {
          const checked = checkWith(() => readSourceFile(name, file));
          // What Earmark's own files do not show is not the user's to mend.
          return file.isOwn || strict ? checked : { ...checked, remarks: [] };
        })
      : await Promise.all(names.map((name) => checkNamed(name, context)));
  const errors = checked.flatMap((one) => one.errors);
  const remarks = checked.flatMap((one) => one.remarks);
  const samples = checked.reduce((sum, one) => sum + one.samples, 0);
  if (json) writeJson(terminal, { files: checked.length, samples, errors, remarks });
  else terminal.out.write(replacing() + renderCheck(terminal, checked));
  if (errors.length > 0 || (strict && remarks.length > 0)) endWith(EXIT.found);
}

async function checkNamed(file: string, { folder }: CommandContext): Promise<Checked> {
  const text = await readText(
    file,
    folder,
    'Name the file of a source, as in my-sources/acme.yml.',
  );
  return checkWith(() => loadSource(text, basename(file, '.yml'), file));
}

function checkWith(load: () => LoadedSource): Checked {
  try {
    const source = load();
    return { samples: source.file.samples.length, errors: [], remarks: unfoundIn(source) };
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return { samples: 0, errors: error.problems, remarks: [] };
  }
}

/** A line for each of the user's own files that is read in place of Earmark's. */
const replacing = (): string =>
  [...sourceFiles()]
    .filter(([, { replaces }]) => replaces)
    .map(([name]) => `my-sources/${name}.yml is read in place of Earmark's own ${name}.\n`)
    .join('');

function renderCheck(terminal: Terminal, checked: readonly Checked[]): string {
  const errors = checked.flatMap((one) => one.errors);
  const remarks = checked.flatMap((one) => one.remarks);
  const samples = checked.reduce((sum, one) => sum + one.samples, 0);
  const counts = [
    many(samples, 'sample'),
    many(errors.length, 'error'),
    many(remarks.length, 'remark'),
  ];
  return [
    ...errors.map((one) => asLine(one)),
    ...remarks.map((one) => asLine(one, paint(terminal, 'yellow', 'remark: '))),
    `${many(checked.length, 'file')} with ${counts.join(', ')}`,
    '',
  ].join('\n');
}
