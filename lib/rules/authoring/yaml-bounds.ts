// What a YAML file that people write may come to, looked at before it is read. Build-time only.
import { type CST, Lexer, Parser } from 'yaml';

/** Each a multiple of what rules and their tests come to. The reader of `yaml` is slower than linear in some. */
const MOST = {
  characters: 4 * 1024 * 1024,
  depth: 60,
  keys: 1_000,
  properties: 1_000,
} as const;

export interface OutOfBounds {
  readonly offset: number;
  readonly message: string;
}

/**
 * The first place at which a file is more than can be read: `yaml` calls itself for each level, and runs out
 * of stack at some thousands. This looks at tokens, one after the other, and stops there.
 */
export function outOfBounds(text: string): OutOfBounds | undefined {
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

export interface Unfit {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** The place at which data that aliases made of a file cannot be gone through; undefined when all of it can. */
export function unfit(
  value: unknown,
  path: Unfit['path'] = [],
  around: readonly object[] = [],
  deepest = new Map<object, number>(),
): Unfit | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (around.includes(value))
    return { path, message: 'an alias (*) stands inside of what it means' };
  if (around.length > MOST.depth) return { path, message: tooDeep };
  // What many aliases mean is gone through once.
  if ((deepest.get(value) ?? -1) >= around.length) return undefined;
  deepest.set(value, around.length);
  const isList = Array.isArray(value);
  for (const [key, inner] of Object.entries(value)) {
    const at = [...path, isList ? Number(key) : key];
    const found = unfit(inner, at, [...around, value], deepest);
    if (found !== undefined) return found;
  }
  return undefined;
}
