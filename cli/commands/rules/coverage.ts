import { isBad, type Tried } from './try.ts';

/** One of several payloads: what became of it, or why it could not be tried. */
export interface TriedFile {
  readonly file: string;
  readonly tried: Tried;
}

/** What several payloads say of the rules. */
export interface Coverage {
  /** How many payloads each rule matched, in file order. */
  readonly rules: readonly { readonly rule: string; readonly payloads: number }[];
  readonly matchedNothing: readonly { readonly file: string; readonly what: string }[];
  /** Unreadable, of nobody, or with a rule that failed. */
  readonly bad: readonly { readonly file: string; readonly what: string }[];
}

export function coverageOf(rules: readonly string[], files: readonly TriedFile[]): Coverage {
  const hits = files.flatMap(({ tried }) =>
    tried.kind === 'events' ? tried.verdicts.filter(({ matched }) => matched) : [],
  );
  return {
    rules: rules.map((rule) => ({
      rule,
      payloads: hits.filter((verdict) => verdict.rule === rule).length,
    })),
    matchedNothing: files
      .filter(({ tried }) => !isBad(tried) && !matchesSome(tried))
      .map(({ file, tried }) => ({ file, what: whatIs(tried) })),
    bad: files
      .filter(({ tried }) => isBad(tried))
      .map(({ file, tried }) => ({ file, what: whatIsBad(tried) })),
  };
}

const matchesSome = (tried: Tried): boolean =>
  tried.kind === 'events' && tried.verdicts.some(({ matched }) => matched);

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
