// What zod and yaml found wrong with a file, in words that say the remedy. Build-time only.
import type { YAMLError } from 'yaml';
import type * as z from 'zod';
import { didYouMean } from './suggest.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** A message about a place in a file. */
export interface Explanation {
  readonly path: Path;
  /** The key of the mapping at the path, where the message is about the key and not the value. */
  readonly key?: string;
  /** Where in the expression at the path, in UTF-16 units. */
  readonly offset?: number;
  readonly message: string;
}

type KnownKeys = (path: Path) => readonly string[];

/**
 * Checks a file as plain data. @returns the data, and explanations of what is wrong with it
 * @param knownKeys the keys that the mapping at a path may have
 */
export function checkSchema<T extends z.ZodType>(schema: T, input: unknown, knownKeys: KnownKeys) {
  const { data, error } = schema.safeParse(input, { reportInput: true });
  return { data, wrong: error?.issues.flatMap((issue) => explainIssue(issue, knownKeys)) ?? [] };
}

function explainIssue(issue: Issue, knownKeys: KnownKeys): Explanation[] {
  const { path, input: value } = issue;
  if (value === undefined) return [{ path, message: `\`${String(path.at(-1))}\` is missing` }];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => {
        const isEmpty = (value as Readonly<Record<string, unknown>>)[key] === null;
        return { path, key, message: unknownKey(key, isEmpty, knownKeys(path)) };
      });
    case 'invalid_union':
      return explainUnion(issue, knownKeys);
    case 'invalid_value':
      return [{ path, message: noneOf(value, issue.values.map(String)) }];
    case 'invalid_type': {
      const hint = path.length === 0 && Array.isArray(value) ? ': put it under `rules:`' : '';
      return [{ path, message: `${wrongType([issue.expected], value)}${hint}` }];
    }
    case 'too_small':
      if (issue.origin !== 'array' && issue.origin !== 'string') break;
      return [
        { path, message: issue.message.startsWith('Too small') ? tooSmall(issue) : issue.message },
      ];
    case 'invalid_format':
      if (issue.format !== 'url') break;
      return [{ path, message: 'must be an address that begins with https://' }];
  }
  return [{ path, message: issue.message }];
}

const tooSmall = ({ origin, minimum }: z.core.$ZodIssueTooSmall): string =>
  origin === 'array' ? `must have ${minimum} or more in the list` : 'must not be empty';

function unknownKey(key: string, isEmpty: boolean, known: readonly string[]): string {
  if (key === '<<') return 'YAML merge keys (<<) are not supported: write the keys out';
  const near = didYouMean(key, known);
  if (isEmpty && near === '') return `unknown key \`${key}\`: quote a text that holds a comma`;
  return `unknown key \`${key}\`. ${near || `The keys are ${known.join(', ')}`}`;
}

/** Explains the branch that was meant: the one that got furthest in, and whose keys are there. */
function explainUnion(issue: z.core.$ZodIssueInvalidUnion, knownKeys: KnownKeys): Explanation[] {
  const { path, errors, input, discriminator } = issue;
  if (discriminator !== undefined) return [{ path, message: unknownKind(issue) }];
  const reached = errors.filter((branch) => branch.some((inner) => inner.path.length > 0));
  const [meant, ...others] = (
    reached.length > 0
      ? reached
      : errors.filter((branch) => branch.some((inner) => inner.code !== 'invalid_type'))
  ).toSorted((a, b) => strangeKeys(a) - strangeKeys(b));
  if (meant !== undefined) {
    // Where the keys fit no branch, what one of them lacks is no help.
    const isStrange = others.length > 0 && strangeKeys(meant) > 0;
    const named = isStrange ? meant.filter((inner) => inner.code === 'unrecognized_keys') : meant;
    return named.flatMap((inner) =>
      explainIssue({ ...inner, path: [...path, ...inner.path] }, knownKeys),
    );
  }
  const expected = errors.flat().map((one) => (one.code === 'invalid_type' ? one.expected : ''));
  return [{ path, message: wrongType([...new Set(expected)], input) }];
}

const strangeKeys = (branch: readonly Issue[]): number =>
  branch.reduce((sum, one) => sum + (one.code === 'unrecognized_keys' ? one.keys.length : 0), 0);

/** A key that says what kind of mapping it is, and says none of those that there are. */
function unknownKind(issue: z.core.$ZodIssueInvalidUnion): string {
  const { discriminator = '', input } = issue;
  const value = (input as Readonly<Record<string, unknown>> | undefined)?.[discriminator];
  // zod 4.4 gives the options besides, and its types do not say so.
  const { options = [] } = issue as { readonly options?: readonly unknown[] };
  return value === undefined
    ? `\`${discriminator}\` is missing`
    : noneOf(value, options.map(String));
}

function noneOf(value: unknown, known: readonly string[]): string {
  const hint = didYouMean(String(value), known);
  const all = known.join(', ');
  return hint === ''
    ? `\`${value}\` is none of ${all}`
    : `\`${value}\` is none of what can stand there. ${hint} There are ${all}`;
}

const KINDS: Record<string, string> = {
  string: 'a text',
  array: 'a list',
  object: 'a mapping (key: value)',
  record: 'a mapping (key: value)',
  number: 'a number',
  boolean: 'true or false',
  null: 'empty',
};

function wrongType(expected: readonly string[], value: unknown): string {
  const kind = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  const wanted = expected.map((one) => KINDS[one] ?? one).join(' or ');
  const message = `must be ${wanted}, and is ${KINDS[kind] ?? kind}`;
  if (!expected.includes('string')) return message;
  if (kind === 'number' || kind === 'boolean') return `${message}: quote it, '${value}'`;
  if (kind === 'object') return `${message}: quote a text that holds ": "`;
  return message;
}

/** Explains a YAML error in a text. Most of them come from expressions that need quotes, or from indentation. */
export function explainYaml(error: YAMLError, text: string): string {
  const quote = 'Put the whole value in quotes, or below a `|`';
  switch (error.code) {
    case 'MISSING_CHAR':
      if (error.message.includes('between flow')) return `${error.message}. ${quote}`;
      return error.message.startsWith('Sequence item')
        ? 'this line is indented less than those above it: begin it where they begin'
        : error.message;
    case 'BAD_INDENT':
      return error.message.startsWith('All mapping items')
        ? 'this line is indented less than those above it: begin it where they begin'
        : error.message;
    case 'TAG_RESOLVE_FAILED':
      return `YAML takes a value that begins with ! for a tag. ${quote}`;
    case 'BLOCK_AS_IMPLICIT_KEY':
      return hasNoColon(text, error.pos[0])
        ? 'the line below is indented more than this one: begin both at the same column'
        : `${error.message}. ${quote}`;
    case 'UNEXPECTED_TOKEN':
    case 'BAD_SCALAR_START':
      return `${error.message}. ${quote}`;
    case 'MULTIPLE_DOCS':
      return 'a second document begins here (---): the file is one';
    default:
      return error.message;
  }
}

/** Whether the value at an offset is taken for a key by what stands in the lines below it, not by a colon in its own. */
const hasNoColon = (text: string, offset: number): boolean =>
  !/:(?:\s|$)/.test(text.slice(offset).split('\n', 1)[0] ?? '');
