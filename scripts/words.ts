/** A private word, and the term of the field that says the same. */
interface Term {
  /** As it stands alone, or as a part of a name: `wish` is found in `Wish` and `sendWish`, too. */
  readonly words: readonly string[];
  readonly say: string;
  /** Lines that may have the word, because it has its common meaning there. */
  readonly except?: RegExp;
  /** The lines that may not have the word, where most may. */
  readonly only?: RegExp;
}

/** Letters of an alphabet keep their name. These are the names and phrases of dead letters. */
const DEAD_LETTERS = [
  /(?<![dD]ead)Letters?(?![a-z])/,
  /(?<![A-Za-z'-]|\b[ab]\.)letters?(?=\(|\.(?!repeat|toUpper)[a-z]|,? \})/,
  /(?<![dD]ead )\b(?:each|every|such|this|held|raw|replayed|received|kept|dropped) letters?\b/,
  /(?<![dD]ead )\bletters? (?:(?:that )?(?:fit|stay|hold|stand)s?|whose|in hand)\b/,
];

const TERMS: readonly Term[] = [
  { words: ["'passing'", '`passing`'], say: 'transient' },
  { words: ['isForGood', 'is for good'], say: 'permanent' },
  { words: ['meaningOf'], say: 'classify' },
  { words: ['not-understood'], say: 'unexpected-response' },
  { words: ['no-time'], say: 'deadline' },
  { words: ['over-budget'], say: 'rate-limited' },
  { words: ['site-paused'], say: 'circuit-open' },
  { words: ['gate'], say: 'breaker' },
  { words: ['bury', 'buries', 'buried'], say: 'dead-letter' },
  { words: ['deathCertificate', 'death certificate'], say: 'DeadLetterInfo' },
  // SQS itself calls the handle of a received message so.
  { words: ['Receipt'], say: 'ReceiveResult', except: /ReceiptHandle/ },
  {
    words: ['letter', 'letters'],
    say: 'dead letter',
    only: new RegExp(DEAD_LETTERS.map(({ source }) => source).join('|')),
  },
  // AWS counts attempts of its own.
  { words: ['attempts'], say: 'receives', except: /metadata|maxAttempts|[mM]aximumRetryAttempts/ },
  { words: ['note'], say: 'addMetric', only: /\bnote\('[A-Z]/ },
  { words: ['dies', 'died'], say: 'dead-letter', except: /process|worker|request under way/ },
  { words: ['tells', 'told'], say: 'reports, returns or says' },
  { words: ['contested'], say: 'reversible' },
  { words: ['wish', 'wishes'], say: 'change' },
  { words: ['unsee'], say: 'invalidate' },
  { words: ['trickle'], say: 'throttled' },
  { words: ['rehearsal', 'rehearse'], say: 'dry run' },
  { words: ['sweep', 'swept'], say: 'drain' },
];

/** Matches a word by itself, and in a name as one of its parts. */
function patternOf(word: string): RegExp {
  const text = word.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return new RegExp(`(?<![A-Za-z])${text}(?![a-z])|(?<![A-Z])${capital}(?![a-z])`);
}

const PATTERNS = TERMS.flatMap(({ words, ...term }) =>
  words.map((word) => ({ ...term, word, pattern: patternOf(word) })),
);

/**
 * Finds the private words in a file and in its name.
 * @returns a line for each: where it stands, and what to say. Line 0 is the name.
 */
export function privateWords(path: string, text: string): readonly string[] {
  return [path, ...text.split('\n')].flatMap((line, number) =>
    PATTERNS.filter(
      ({ pattern, except, only }) =>
        pattern.test(line) && !except?.test(line) && (only?.test(line) ?? true),
    ).map(({ word, say }) => `${path}:${number}: ${word} → ${say}`),
  );
}
