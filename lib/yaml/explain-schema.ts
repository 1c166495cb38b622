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
      return issue.keys.map((key) => ({ path, key, message: unknownKey(key, knownKeys(path)) }));
    case 'invalid_union':
      return explainUnion(issue, knownKeys);
    case 'invalid_value': {
      const known = issue.values.map(String);
      const hint = didYouMean(String(value), known);
      const message = `\`${value}\` is none of ${known.join(', ')}`;
      return [{ path, message: hint === '' ? message : `${message}. ${hint}` }];
    }
    case 'invalid_type': {
      const hint = path.length === 0 && Array.isArray(value) ? ': put it under `rules:`' : '';
      return [{ path, message: `${wrongType([issue.expected], value)}${hint}` }];
    }
    default:
      return [{ path, message: issue.message }];
  }
}

function unknownKey(key: string, known: readonly string[]): string {
  if (key === '<<') return 'YAML merge keys (<<) are not supported: write the keys out';
  return `unknown key \`${key}\`. ${didYouMean(key, known) || `The keys are ${known.join(', ')}`}`;
}

/** Explains the branch that was meant: the one that got furthest in. */
function explainUnion(issue: z.core.$ZodIssueInvalidUnion, knownKeys: KnownKeys): Explanation[] {
  const { path, errors, input } = issue;
  const meant =
    errors.find((branch) => branch.some((inner) => inner.path.length > 0)) ??
    errors.find((branch) => branch.some((inner) => inner.code !== 'invalid_type'));
  if (meant !== undefined) {
    return meant.flatMap((inner) =>
      explainIssue({ ...inner, path: [...path, ...inner.path] }, knownKeys),
    );
  }
  const expected = errors.flat().map((one) => (one.code === 'invalid_type' ? one.expected : ''));
  return [{ path, message: wrongType(expected, input) }];
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

/** Explains a YAML error. Three of them come from expressions that need quotes. */
export function explainYaml(error: YAMLError): string {
  const quote = 'Put the whole expression in quotes, or below a `|`';
  switch (error.code) {
    case 'TAG_RESOLVE_FAILED':
      return `YAML takes a value that begins with ! for a tag. ${quote}`;
    case 'UNEXPECTED_TOKEN':
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'BAD_SCALAR_START':
      return `${error.message}. ${quote}`;
    case 'MULTIPLE_DOCS':
      return 'a second document begins here (---): the file is one';
    default:
      return error.message;
  }
}
