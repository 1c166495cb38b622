import { CODE_SOURCES, type SourceName } from '../events/event.ts';

/** The names of the table, for a message: those that are code, and how many more there are. */
export function inWords(names: readonly SourceName[]): string {
  const more = names.length - CODE_SOURCES.length;
  const code = CODE_SOURCES.join(', ');
  return more === 0 ? code : `${code} and ${more} more: ./earmark sources list`;
}
