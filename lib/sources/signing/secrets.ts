import type { ReadSecrets } from '../source.ts';

/** The least characters of one of several secrets. A shorter text may be a piece of one, and can be guessed. */
const SHORTEST_PART = 16;

/**
 * WooCommerce fills a blank Secret with `wp_generate_password(50, true, true)`, whose 92 characters include
 * comma and blank (WooCommerce includes/admin/class-wc-admin-webhooks.php, WordPress
 * wp-includes/pluggable.php, checked 2026-11-28).
 */
const GENERATED_LENGTH = 50;
/** All but one in a million of those secrets hold one of these characters; a list of tokens hardly ever does. */
const UNLIKE_TOKENS = /[!@#$%^&*()[\]{}<>~`;:?| ]/;

/** For a single short secret. It works, as somebody may have typed it at the sender. */
export const WEAK_SECRET = `it has fewer than ${SHORTEST_PART} characters and can be guessed: set a longer one, here and at the sender, if the sender takes one`;

export const verifiesNothing = (form: string): string => `it verifies nothing: give ${form}`;

const isShort = (secret: string): boolean => secret.trim().length < SHORTEST_PART;
/** Nothing but blanks and separators. */
export const isBlank = (text: string): boolean => !/[^\s,]/.test(text);

/**
 * The secrets in a setting of text: the whole value, which may hold commas and end in blanks that count, and
 * then its parts between line breaks and commas. Each is taken as written, and also without the blanks around it.
 * @param isKey whether a text can verify anything
 * @param form what a secret must be, for those who set it
 */
export function textSecrets(
  written: string,
  isKey: (secret: string) => boolean,
  form: string,
): ReadSecrets {
  const whole = written.replace(/^[\r\n]+|[\r\n]+$/g, '');
  const lines = whole.split(/[\r\n]+/);
  const generated = lines.flatMap(generatedIn);
  const certain = generated.filter((secret) => UNLIKE_TOKENS.test(secret));
  const parts = lines
    .flatMap((line) => line.split(','))
    .filter((part) => !isBlank(part) && !certain.some((secret) => secret.includes(part)));
  const others = parts.filter((part) => !generated.some((secret) => secret.includes(part)));
  const listed = [...generated, ...others.map((part) => part.trim())];
  const long = [...lines, ...generated, ...parts].filter((secret) => !isShort(secret));
  const texts = [whole, ...long].flatMap((secret) => [secret, secret.trim()]);
  const isOne = listed.length === 1 && listed[0]?.trim() === whole.trim();
  const wrong = isOne
    ? !isKey(whole.trim())
    : listed.some((one) => !isShort(one) && !isKey(one.trim()));
  return {
    secrets: [...new Set(texts)].filter(isKey),
    listed,
    problems: [
      ...(wrong || listed.length === 0 ? [verifiesNothing(form)] : []),
      ...(!isOne && listed.some(isShort) ? [TOO_SHORT] : []),
    ],
    isWeak: isOne && !wrong && isShort(whole),
  };
}

const TOO_SHORT =
  `a part of fewer than ${SHORTEST_PART} characters is no secret of its own: write several secrets on ` +
  `lines of their own, or with commas between, each of ${SHORTEST_PART} characters or more`;

/** The parts between separators that have a generated secret's length. They may hold commas, and end in blanks. */
function generatedIn(line: string): readonly string[] {
  return [...line.matchAll(/(?:^|,)\s*/g)].flatMap(({ 0: separator, index }) => {
    const first = index + (separator.startsWith(',') ? 1 : 0);
    // Blanks behind a separator may be the secret's own.
    const starts = Array.from(
      { length: index + separator.length - first + 1 },
      (_, n) => first + n,
    );
    return starts.flatMap((start) => {
      const secret = line.slice(start, start + GENERATED_LENGTH);
      const ends = /^\s*(?:,|$)/.test(line.slice(start + GENERATED_LENGTH));
      return ends && secret.length === GENERATED_LENGTH ? [secret] : [];
    });
  });
}

/** A secret of a source that can sign, as its sender would; undefined where there is none. */
export function signingSecret(
  { secretsIn }: { secretsIn(written: string): ReadSecrets },
  written: string | undefined,
): string | undefined {
  if (written === undefined || written.trim().startsWith('ssm:')) return undefined;
  const { secrets, listed } = secretsIn(written);
  return [...listed.filter((secret) => secrets.includes(secret)), ...secrets].find(
    (secret) => !secret.startsWith('whpk_'),
  );
}
