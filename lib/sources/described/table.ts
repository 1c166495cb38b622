import type { Source } from '../source.ts';
import { described } from './described.ts';
import { descriptionOf } from './descriptions.ts';

export { describedNames } from './descriptions.ts';

const made = new Map<string, Source>();

/** The described source of that name, made when it is first asked for. @throws FileError where its file is broken */
export function describedSource(name: string): Source | undefined {
  const known = made.get(name);
  if (known) return known;
  const description = descriptionOf(name);
  if (description === undefined) return undefined;
  const source = described(description);
  made.set(name, source);
  return source;
}

/** Forgets what was made of the files: the engine has them read anew. */
export const forgetDescribed = (): void => made.clear();
