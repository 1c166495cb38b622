import type { SourceFile } from '../authoring/schema.ts';

/** What the reader needs of a source's file, checked: without documentation and samples. */
export type Description = Omit<
  SourceFile,
  'docs' | 'checked' | 'unconfirmed' | 'setup' | 'silent' | 'secret' | 'samples'
> & { readonly name: string };
