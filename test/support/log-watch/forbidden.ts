import { SAMPLE_BUYERS } from '../../../samples/samples.ts';
import { API_KEY, APP } from '../jobs.ts';

/** What a line holds that no line may hold. */
export interface Finding {
  readonly what: string;
  readonly text: string;
}

/** First and last names that payloads of the tests give people, besides the sample buyers. */
const NAMES = ['Inês', 'Melo', 'Rita', 'Maya', 'Okafor', 'Ruiz', 'Byron', 'O’Neil', 'José', 'Berg'];

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
const anyOf = (texts: readonly string[]): string => texts.map(escaped).join('|');

const buyers = Object.values(SAMPLE_BUYERS);
const names = [...buyers.flatMap(({ firstName, lastName }) => [firstName, lastName]), ...NAMES];
const phones = buyers.map(({ phone }) => phone.replace(/\D/g, ''));

const PATTERNS: Readonly<Record<string, RegExp>> = {
  // Quoted local parts, other spellings of the sign.
  'an e-mail address': /(?:[^\s"@]|\\")@|[＠﹫]|%(?:25)*40|&(?:#0*64|#x0*40|commat);/i,
  'a phone number': new RegExp(`\\+\\d[\\d ().-]{5,}|${anyOf(phones)}`),
  'a name': new RegExp(`(?<!\\p{L})(?:${anyOf(names)})(?!\\p{L})`, 'u'),
  'a credential': /\b(?:IST\.|whsec_\w|whpk_\w|shpss_|sk_(?:live|test)_|OauthNG\.)|\bbearer /i,
  'a JSON Web Token': /\beyJ[\w-]{8,}\.[\w-]{8,}\./,
  'a key in PEM': /-----BEGIN/,
  // JSON within a string, or what may be base64 of it.
  'a body': /[{[,]\\"|[\w+/]{200,}/,
};

/** Secrets that many tests share. */
const SHARED = [API_KEY, APP.secret];

/** The search for what must be in no line. @param secrets that the tests of the run made up */
export function createSearch(secrets: Iterable<string>): (line: string) => Finding | undefined {
  const all = [...new Set([...SHARED, ...secrets])];
  // As JSON writes them: a key in PEM has line ends.
  const literal = new RegExp(anyOf(all.map((secret) => JSON.stringify(secret).slice(1, -1))));
  const searches = [...Object.entries(PATTERNS), ['a secret', literal] as const];
  return (line) => {
    for (const [what, pattern] of searches) {
      const text = pattern.exec(line)?.[0];
      if (text !== undefined) return { what, text };
    }
    return undefined;
  };
}
