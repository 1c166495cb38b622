// A YAML file that people write, and the place of each problem in it. Build-time only.
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
  type Scalar,
} from 'yaml';
import { type Explanation, explainYaml } from './explain-schema.ts';
import { FileError, type FileProblem } from './problem.ts';
import { outOfBounds, unfit } from './yaml-bounds.ts';

export interface YamlFile {
  /** The file as plain data. */
  readonly input: unknown;
  /** The keys of the mapping at a path that are not what was written: 007 is 7 to YAML. */
  misreadKeys(path: Explanation['path']): readonly { key: string; written: string }[];
  /** An explanation with its place: the nearest thing to its path that is there. */
  problem(explanation: Explanation, rule?: string): FileProblem;
}

/** What follows from another error. */
const WAKE: ReadonlySet<string> = new Set(['UNEXPECTED_TOKEN', 'MULTILINE_IMPLICIT_KEY']);

/**
 * Reads a YAML file; `file` is its name in messages. Merge keys (`<<`) are read where `merge` says so.
 * @param needs what it has to hold, for the message about an empty one
 * @throws FileError where it is no YAML, or empty
 */
export function readYamlFile(text: string, file: string, needs: string, merge = false): YamlFile {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (const { index } of text.matchAll(/\n/g)) lines.addNewLine(index + 1);
  const at = (offset: number, message: string, rule?: string): FileProblem => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col, message, ...(rule !== undefined && { rule }) };
  };
  // What a decoder leaves of bytes that are none of UTF-8's: as a label, `K\ufffdufer` would be created at Wix.
  const undecoded = text.indexOf('\ufffd');
  if (undecoded !== -1) {
    throw new FileError([at(undecoded, 'this is not UTF-8: save the file with that encoding')]);
  }
  const bounds = outOfBounds(text);
  if (bounds) throw new FileError([at(bounds.offset, bounds.message)]);
  const doc = parseDocument(text, { prettyErrors: false, logLevel: 'error', merge });

  // Warnings too: each is a value that YAML reads as something else than what was written.
  const broken = [...doc.errors, ...doc.warnings]
    .filter(({ code }, i) => i === 0 || !WAKE.has(code))
    .map((error) => at(error.pos[0], explainYaml(error, text)));
  if (broken.length > 0) throw new FileError(broken);
  let input: unknown;
  try {
    input = doc.toJS();
  } catch (error) {
    // An alias of nothing, or aliases without end.
    const { message } = error as Error;
    const name = /^Unresolved alias .*: (\S+)$/.exec(message)?.[1];
    throw new FileError([at(Math.max(0, text.indexOf(`*${name}`)), message)]);
  }
  const problem: YamlFile['problem'] = (one, rule) =>
    at(offsetOf(text, doc, one), one.message, rule);
  if (input === null) {
    const message = `the file is empty: it needs ${needs}`;
    throw new FileError([problem({ path: [], message })]);
  }
  const found = unfit(input);
  if (found) throw new FileError([problem(found)]);
  return { input, misreadKeys: (path) => misreadKeys(nodeAt(doc, path)), problem };
}

function misreadKeys(node: Node | undefined): { key: string; written: string }[] {
  if (!isMap(node)) return [];
  return node.items.flatMap(({ key }) => {
    if (!isScalar(key) || typeof key.value === 'string') return [];
    const { source: written, value } = key;
    const read = String(value ?? '');
    return written === undefined || written === read ? [] : [{ key: read, written }];
  });
}

function offsetOf(text: string, doc: Document, { path, key, offset }: Explanation): number {
  const node = nodeAt(doc, path);
  if (key !== undefined && isMap(node)) {
    const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
    if (pair !== undefined && isNode(pair.key)) return startOf(pair.key);
  }
  if (offset !== undefined && isScalar<string>(node)) {
    return offsetInScalar(text, node, node.value, offset);
  }
  return node === undefined ? 0 : startOf(node);
}

function nodeAt(doc: Document, path: Explanation['path']): Node | undefined {
  const node = path.length === 0 ? doc.contents : doc.getIn(path, true);
  if (isAlias(node)) return node.resolve(doc) ?? node;
  if (isNode(node)) return node;
  return path.length === 0 ? undefined : nodeAt(doc, path.slice(0, -1));
}

const startOf = (node: Node): number => node.range?.[0] ?? 0;

/**
 * The offset in the YAML text of an offset in the value of a scalar. A YAML scalar of any style
 * holds the non-blank characters of its value in order, so counting those maps one to the other.
 * Escapes break that (`\"`, `''`); then it is the scalar's start.
 */
export function offsetInScalar(
  yaml: string,
  scalar: Scalar,
  value: string,
  offset: number,
): number {
  const [start, end] = contentRange(yaml, scalar);
  const content = yaml.slice(start, end);
  if (withoutBlanks(content) !== withoutBlanks(value)) return startOf(scalar);
  const before = withoutBlanks(value.slice(0, offset)).length;
  const places = [...content.matchAll(/\S/g)].map(({ index }) => start + index);
  const place = places[before];
  if (place !== undefined) return place;
  // Past the last character is right behind it.
  const last = places.at(-1);
  return last === undefined ? startOf(scalar) : last + 1;
}

function contentRange(yaml: string, scalar: Scalar): [number, number] {
  const [start, end] = scalar.range ?? [0, 0];
  if (scalar.type === 'QUOTE_DOUBLE' || scalar.type === 'QUOTE_SINGLE') return [start + 1, end - 1];
  if (scalar.type === 'BLOCK_LITERAL' || scalar.type === 'BLOCK_FOLDED') {
    return [yaml.indexOf('\n', start) + 1, end];
  }
  return [start, end];
}

const withoutBlanks = (text: string): string => text.replace(/\s+/g, '');
