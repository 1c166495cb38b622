// The one file that a bundle has another in place of (scripts/sources-plugin.ts): there a description is JSON beside it.

import { loadedSource, sourceFiles } from '../authoring/files.ts';
import type { Description } from './description.ts';

/** The names of the described sources, in order. */
export const describedNames = (): readonly string[] => [...sourceFiles().keys()];

/** What a source's file says to the reader. @throws FileError where the file is broken */
export const descriptionOf = (name: string): Description | undefined =>
  loadedSource(name)?.description;
