// Checks one expression of rules.yml when it is loaded. Build-time only.
import type { ASTNode } from '@marcbachmann/cel-js';
import type { Explanation } from '../../yaml/explain-schema.ts';
import { DEFAULT_TEXTS, rulesEnvironment } from '../environment.ts';
import { type CelError, explainCel, type Purpose } from './explain-cel.ts';
import { children, LOOPS } from './syntax-tree.ts';

/** What is wrong at an offset in the expression. */
type ExpressionProblem = Required<Pick<Explanation, 'offset' | 'message'>>;

/** cel-js has no limit on what an evaluation costs, so loops in loops in loops are refused. */
const MAX_NESTING = 2;

const BOOL = { types: ['bool', 'dyn'], needed: 'must be true or false (a bool)' };
const TEXTS = {
  // `list` is cel-js's name for list<dyn>, `list<T>` for the list of an empty literal.
  types: ['string', 'list<string>', 'dyn', 'list', 'list<T>'],
  needed: 'must give a text or a list of texts',
};
const ACCEPTED = { condition: BOOL, labels: TEXTS, keys: TEXTS } as const;

const environment = rulesEnvironment();
// cel-js looks at no field name inside has(): `has(event.ordr)` is false for ever. So each has(…) is
// checked once more as a function of the same length, which leaves every offset where it was.
const hasProbe = environment.clone().registerFunction('chk(dyn): bool', () => true);

/** The first problem of an expression, or undefined when it can be run. */
export function checkExpression(cel: string, purpose: Purpose): ExpressionProblem | undefined {
  const checked = environment.check(cel);
  if (checked.error !== undefined) return explained(checked.error, cel, purpose);
  const parsed = environment.parse(cel);
  // Writes the types into the nodes.
  parsed.check();
  const { ast } = parsed;
  const [refused] = refusedIn(ast, 0);
  if (refused !== undefined) return refused;
  const probed = withHasReplaced(cel, ast);
  const probe = hasProbe.check(probed);
  if (probe.error !== undefined) return explained(probe.error, cel, purpose);
  const [vain] = vainHas(probed, ast);
  if (vain !== undefined) return vain;
  const { types, needed } = ACCEPTED[purpose];
  if (types.includes(checked.type ?? '')) return undefined;
  return { offset: 0, message: `${needed}, and gives ${checked.type}` };
}

function explained(error: CelError, cel: string, purpose: Purpose): ExpressionProblem {
  // cel-js 8.0.0 counts no depth for a run of `!` or `-`, and runs out of stack.
  if (error instanceof RangeError) {
    return { offset: 0, message: 'the expression is nested too deep: make two rules of it' };
  }
  const message = explainCel(environment, error, cel, purpose);
  return { offset: error.range?.start ?? 0, message };
}

/** What type-checks and still must not run. */
function* refusedIn(node: ASTNode, depth: number): Generator<ExpressionProblem> {
  if (node.op !== 'rcall') {
    if (node.op === 'call' && node.args[0] === 'get') yield* vainGet(node.args[1]);
    for (const child of children(node)) yield* refusedIn(child, depth);
    return;
  }
  const [method, receiver, args] = node.args;
  const offset = node.pos;
  if (method === 'matches') {
    const message =
      'matches() is refused: a regular expression can take minutes on a text that a customer chose. Use contains(), startsWith(), endsWith() or ==';
    yield { offset, message };
  }
  // The type check of cel-js lets it pass, and its evaluation does not know it.
  if (receiver.op === 'id' && receiver.args === 'optional') {
    yield { offset: receiver.pos, message: 'unknown variable `optional`: ask with has()' };
  }
  const inside = LOOPS.has(method) ? depth + 1 : depth;
  if (inside > MAX_NESTING) {
    const message = `more than ${MAX_NESTING} loops (map, filter, exists …) inside each other are refused: they are too slow on a large order`;
    yield { offset, message };
  }
  // The receiver of a loop is not inside it.
  yield* refusedIn(receiver, depth);
  for (const arg of args) yield* refusedIn(arg, inside);
}

/** Problems of a get(): if its path could be anything, a slip in it would give the default for ever. */
function* vainGet([value, path, fallback]: readonly ASTNode[]): Generator<ExpressionProblem> {
  if (value === undefined || path === undefined || fallback === undefined) return;
  const written = path.op === 'value' ? String(path.args) : '';
  if (!/^[^.]+(?:\.[^.]+)*$/.test(written)) {
    const message = 'the path of get() is a text as it stands, its parts joined by dots: "a.b.0.c"';
    yield { offset: path.start, message };
  }
  if (typeOf(value).kind === 'message') {
    const text = value.input.slice(value.start, value.end);
    const message = `get() reads event.data and what is in it, and \`${text}\` is the ${typeOf(value).name} of an event: ask with has(), or compare with ""`;
    yield { offset: value.start, message };
  }
  if (typeOf(fallback).kind === 'dyn') {
    const message = 'the default of get() says the type: write "", 0.0, false, [] or {}';
    yield { offset: fallback.start, message };
  }
}

/** The type that the check of cel-js 8.0.0 wrote into a node (type-checker.js, TypeDeclaration of registry.js). */
const typeOf = (node: ASTNode): { readonly kind?: string; readonly name?: string } =>
  (node as { checkedType?: { kind: string; name: string } }).checkedType ?? {};

function withHasReplaced(cel: string, node: ASTNode): string {
  const text =
    node.op === 'call' && node.args[0] === 'has'
      ? `${cel.slice(0, node.start)}chk${cel.slice(node.start + 'has'.length)}`
      : cel;
  return children(node).reduce(withHasReplaced, text);
}

const NEVER_ABSENT = new Set<string>(Object.values(DEFAULT_TEXTS).flat());

/**
 * Refuses has() on a text that is '' when absent: it is true for every event. Only the type check knows whether
 * `i.sku` is a field of ours or a key of the sender's. So the name is replaced by one that none of our types has:
 * if that is an error, the field is ours.
 */
function* vainHas(probed: string, node: ASTNode): Generator<ExpressionProblem> {
  const tested = node.op === 'call' && node.args[0] === 'has' ? node.args[1][0] : undefined;
  const field = tested?.op === '.' ? tested.args[1] : '';
  if (tested !== undefined && NEVER_ABSENT.has(field)) {
    const start = tested.end - field.length;
    const renamed = `${probed.slice(0, start)}${'_'.repeat(field.length)}${probed.slice(tested.end)}`;
    if (hasProbe.check(renamed).error !== undefined) {
      const text = node.input.slice(tested.start, tested.end);
      yield { offset: node.start, message: `\`${text}\` is never absent: write ${text} != ""` };
    }
  }
  for (const child of children(node)) yield* vainHas(probed, child);
}
