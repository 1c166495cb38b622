import type { LoadedSource } from '../../lib/sources/authoring/load.ts';
import { secretSettingOf } from '../../lib/sources/index.ts';
import { wrapped } from './markdown.ts';

const BEGIN =
  '# --- Described sources: `npm run generate` writes what follows, from sources/*.yml ---';
const END = '# --- The end of what `npm run generate` writes ---';

/**
 * `.env.example` with each described source's setting between its two marks.
 * @throws RangeError where it does not have them
 */
export function envExample(before: string, sources: readonly LoadedSource[]): string {
  const [from, to] = [before.indexOf(BEGIN), before.indexOf(END)];
  if (from < 0 || to < from)
    throw new RangeError(`.env.example has no "${BEGIN}" before "${END}".`);
  const settings = sources.map(({ description: { name, title }, file }) => {
    const about = wrapped(`${title}: ${file.secret}`, { first: '# ', rest: '# ' });
    return `${about}\n#${secretSettingOf(name)}=\n`;
  });
  return `${before.slice(0, from)}${[BEGIN, ...settings].join('\n')}\n${before.slice(to)}`;
}
