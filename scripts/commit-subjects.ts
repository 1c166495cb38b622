const MOST_CHARACTERS = 72;

/** Verbs that end like a past, a present participle or a third person, and are none. */
const IMPERATIVES = new Set(
  'access address bring bypass compress cross discuss dismiss embed exceed express feed focus guess miss need pass ping press proceed process progress seed shed speed stress suppress'.split(
    ' ',
  ),
);

/** @returns what is wrong with the first line of a commit; undefined where nothing is */
export function subjectProblem(subject: string): string | undefined {
  const [first = '', ...others] = subject.split(' ');
  if ([...subject].length > MOST_CHARACTERS) {
    return `has ${[...subject].length} characters, and at most ${MOST_CHARACTERS} are allowed`;
  }
  if (first.endsWith(':') || /^[^ ]+\([^)]*\):/.test(subject)) return 'begins with a prefix';
  if (others.length === 0) return 'has one word';
  if (!/^[A-Z]/.test(first)) return 'does not begin with a capital letter';
  if (subject.endsWith('.')) return 'ends with a full stop';
  return /(?:ed|ing|[^s]s|es)$/.test(first) && !IMPERATIVES.has(first.toLowerCase())
    ? `begins with "${first}", which is no imperative (if it is one, add it to scripts/commit-subjects.ts)`
    : undefined;
}
