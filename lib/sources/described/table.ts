import type { Source } from '../source.ts';

/** The names of the described sources, in order. */
export const describedNames = (): readonly string[] => [];

/** The described source of that name. */
export const describedSource = (_name: string): Source | undefined => undefined;
