import { table } from '../../../terminal/table.ts';
import { paint, type Terminal } from '../../kit/terminal.ts';
import { isBad, type Tried } from './try.ts';

/** One of several payloads: what became of it, or why it could not be tried. */
export interface TriedFile {
  readonly file: string;
  readonly tried: Tried;
  readonly notes: readonly string[];
}

interface FileNote {
  readonly file: string;
  readonly what: string;
}

/** How far several payloads cover the rules. */
export interface Coverage {
  /** How many payloads each rule matched, in file order. */
  readonly rules: readonly { readonly rule: string; readonly payloads: number }[];
  readonly matchedNothing: readonly FileNote[];
  /** Unreadable, of nobody, or with a rule that failed. */
  readonly bad: readonly FileNote[];
}

export function coverageOf(rules: readonly string[], files: readonly TriedFile[]): Coverage {
  const matches = ({ tried }: TriedFile): readonly string[] =>
    tried.kind !== 'events'
      ? []
      : tried.verdicts.filter(({ matched }) => matched).map(({ rule }) => rule);
  const hits = files.flatMap(matches);
  const bad = files.filter(({ tried }) => isBad(tried));
  const others = files.filter((file) => !isBad(file.tried) && matches(file).length === 0);
  return {
    rules: rules.map((rule) => ({ rule, payloads: hits.filter((hit) => hit === rule).length })),
    matchedNothing: others.map(({ file, tried }) => ({ file, what: whatIs(tried) })),
    bad: bad.map(({ file, tried }) => ({ file, what: whatIsBad(tried) })),
  };
}

function whatIs(tried: Tried): string {
  if (tried.kind === 'events') return tried.events.map(({ type }) => type).join(' and ');
  return tried.kind === 'ignored' ? `passed over: ${tried.reason}` : tried.reason;
}

function whatIsBad(tried: Tried): string {
  if (tried.kind !== 'events') return `unreadable: ${tried.reason}`;
  const failed = tried.verdicts.flatMap(({ rule, failure }) =>
    failure ? [`"${rule}" fails: ${failure}`] : [],
  );
  return [...failed, ...(tried.namesNobody ? ['names nobody'] : [])].join('; ');
}

export function renderCoverage(
  terminal: Terminal,
  { rules, matchedNothing, bad }: Coverage,
  count: number,
): readonly string[] {
  const rows = rules.map(({ rule, payloads }) => [rule, payloads ? String(payloads) : 'never']);
  const list = (title: string, files: readonly FileNote[]) =>
    files.length === 0 ? [] : ['', title, ...files.map(({ file, what }) => `  ${file}: ${what}`)];
  return [
    `${count} payloads`,
    '',
    table([['rule', 'matched'], ...rows], [1]),
    ...list('Matched nothing:', matchedNothing),
    ...list(paint(terminal, 'red', 'Would become dead letters:'), bad),
  ];
}
