import type { SourceName } from '../../lib/events/event.ts';
import { inWords } from '../../lib/sources/in-words.ts';
import { sourceNames } from '../../lib/sources/index.ts';
import { didYouMean } from '../../lib/yaml/suggest.ts';
import { wrongUsage } from './failure.ts';

/** A name from the command line, if a source has it. @throws CliFailure naming those that there are */
export function sourceFrom(written: string): SourceName {
  const names = sourceNames();
  if (names.includes(written)) return written;
  const hint = didYouMean(written, names);
  throw wrongUsage(
    `There is no source "${written}".${hint && ` ${hint}`} There are ${inWords(names)}.`,
  );
}
