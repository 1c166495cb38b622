// Bounds of a YAML file that people write, checked before it is read. Build-time only.
import { type CST, Lexer, Parser } from 'yaml';
import type { Explanation } from './explain-schema.ts';

/** Each is a multiple of what rules and their tests need. `yaml` takes more than linear time for some. */
const MOST = {
  characters: 4 * 1024 * 1024,
  depth: 60,
  keys: 1_000,
  properties: 1_000,
} as const;

/**
 * The first place at which a file is more than can be read: the parser of `yaml` calls itself for each level, and
 * runs out of stack at some thousands. This goes token by token, and stops there.
 */
export function outOfBounds(text: string): { offset: number; message: string } | undefined {
  if (text.length > MOST.characters) {
    const message = `the file has ${text.length} characters, and ${MOST.characters} can be read`;
    return { offset: 0, message };
  }
  const parser = new Parser();
  let properties = 0;
  for (const lexeme of new Lexer().lex(text)) {
    const offset = parser.offset;
    for (const _ of parser.next(lexeme));
    if (/^[&*!]/.test(lexeme)) properties += 1;
    const message = overStep(parser.stack, properties);
    if (message !== undefined) return { offset, message };
  }
  return undefined;
}

function overStep(stack: readonly CST.Token[], properties: number): string | undefined {
  if (stack.length > MOST.depth) return tooDeep;
  if (properties > MOST.properties) {
    return `there are more than ${MOST.properties} anchors, aliases and tags`;
  }
  const top = stack.at(-1);
  const isMap = top?.type === 'block-map' || (top?.type === 'flow-collection' && isBrace(top));
  return isMap && top.items.length > MOST.keys
    ? `there are more than ${MOST.keys} keys in one mapping`
    : undefined;
}

const tooDeep = `this is nested too deep: ${MOST.depth} levels can be read`;

const isBrace = ({ start }: CST.FlowCollection): boolean => start.type === 'flow-map-start';

/** The place at which data that aliases made of a file cannot be gone through; undefined when all of it can. */
export function unfit(
  value: unknown,
  path: Explanation['path'] = [],
  around: readonly object[] = [],
  deepest = new Map<object, number>(),
): Explanation | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const message = 'an alias (*) stands inside of what it means';
  if (around.includes(value)) return { path, message };
  if (around.length > MOST.depth) return { path, message: tooDeep };
  // What several aliases mean is gone through once.
  if ((deepest.get(value) ?? -1) >= around.length) return undefined;
  deepest.set(value, around.length);
  for (const [key, inner] of Object.entries(value)) {
    const at = [...path, Array.isArray(value) ? Number(key) : key];
    const found = unfit(inner, at, [...around, value], deepest);
    if (found !== undefined) return found;
  }
  return undefined;
}
