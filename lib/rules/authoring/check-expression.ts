// Checks one expression of rules.yml when it is loaded. Build-time only.
import type { ASTNode } from '@marcbachmann/cel-js';
import { durationMs } from '../../standing/duration.ts';
import type { Explanation } from '../../yaml/explain-schema.ts';
import { type CelError, explainCel, type Purpose } from './explain-cel.ts';
import { children, LOOPS, mentions } from './syntax-tree.ts';
import { EVENT, type World } from './world.ts';

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

/** The first problem of the expression at a path, where there is one. */
export function explainExpression(
  cel: unknown,
  purpose: Purpose,
  path: Explanation['path'],
  world = EVENT,
): Explanation[] {
  if (typeof cel !== 'string' || cel.trim() === '') return [];
  const problem = checkExpression(cel, purpose, world);
  return problem === undefined ? [] : [{ path, ...problem }];
}

/** The first problem of an expression, or undefined when it can be run. */
export function checkExpression(
  cel: string,
  purpose: Purpose,
  world = EVENT,
): ExpressionProblem | undefined {
  const { environment, hasProbe } = world;
  const checked = environment.check(cel);
  if (checked.error !== undefined) return explained(checked.error, cel, purpose, world);
  const parsed = environment.parse(cel);
  // Writes the types into the nodes.
  parsed.check();
  const { ast } = parsed;
  const [refused] = refusedIn(ast, 0, world);
  if (refused !== undefined) return refused;
  const probed = withHasReplaced(cel, ast);
  const probe = hasProbe.check(probed);
  if (probe.error !== undefined) return explained(probe.error, cel, purpose, world);
  const [vain] = vainHas(probed, ast, world);
  if (vain !== undefined) return vain;
  const { types, needed } = ACCEPTED[purpose];
  if (!types.includes(checked.type ?? '')) {
    return { offset: 0, message: `${needed}, and gives ${checked.type}` };
  }
  if (world.variable === 'event' || mentions(ast, 'history')) return undefined;
  return { offset: 0, message: 'is the same for everybody: it reads nothing of `history`' };
}

function explained(
  error: CelError,
  cel: string,
  purpose: Purpose,
  world: World,
): ExpressionProblem {
  // cel-js 8.0.0 counts no depth for a run of `!` or `-`, and runs out of stack.
  if (error instanceof RangeError) {
    return { offset: 0, message: `the expression is nested too deep: ${world.part}` };
  }
  const message = explainCel(world, error, cel, purpose);
  return { offset: error.range?.start ?? 0, message };
}

/** What type-checks and still must not run. */
function* refusedIn(node: ASTNode, depth: number, world: World): Generator<ExpressionProblem> {
  if (node.op !== 'rcall') {
    if (node.op === 'call' && node.args[0] === 'get') yield* vainGet(node.args[1]);
    if (node.op === 'call' && node.args[0] === 'timestamp') yield* vainTime(node.args[1]);
    for (const child of children(node)) yield* refusedIn(child, depth, world);
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
  if (world.variable === 'history') yield* vainLiteral(method, args[0]);
  const inside = LOOPS.has(method) ? depth + 1 : depth;
  if (inside > MAX_NESTING) {
    const message = `more than ${MAX_NESTING} loops (map, filter, exists …) inside each other are refused: they are too slow on ${world.large}`;
    yield { offset, message };
  }
  // The receiver of a loop is not inside it.
  yield* refusedIn(receiver, depth, world);
  for (const arg of args) yield* refusedIn(arg, inside, world);
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

/** Problems of a timestamp() whose text is known: one that is no time would fail for ever, and a day alone is none. */
function* vainTime([text]: readonly ASTNode[]): Generator<ExpressionProblem> {
  if (text?.op !== 'value' || typeof text.args !== 'string') return;
  const { length } = text.args;
  // As cel-js 8.0.0 takes it.
  if (length >= 20 && length <= 30 && !Number.isNaN(Date.parse(text.args))) return;
  const day = /^\d{4}-\d\d-\d\d$/.test(text.args) ? text.args : '2026-01-31';
  const message = `\`${text.args}\` is no time: write timestamp("${day}T00:00:00Z")`;
  yield { offset: text.start, message };
}

/** Problems of the window of within() and the currency of spent(), which are known when the file is built. */
function* vainLiteral(method: string, argument: ASTNode | undefined): Generator<ExpressionProblem> {
  if (argument === undefined) return;
  const written = argument.op === 'value' ? String(argument.args) : '';
  const offset = argument.start;
  if (method === 'within' && durationMs(written) === undefined) {
    const hint = /^\d+ ?(?:y|mo)/i.test(written) ? '. A year is "365d", a month "30d"' : '';
    const message = `within() takes a time as it stands, such as "30m", "12h", "7d" or "2w"${hint}`;
    yield { offset, message };
  }
  if (method === 'spent' && !/^[A-Z]{3}$/.test(written)) {
    const message = /^[a-z]{3}$/i.test(written)
      ? `a currency is written in capitals: write "${written.toUpperCase()}"`
      : 'spent() takes a currency as it stands, in three capital letters: history.spent("EUR")';
    yield { offset, message };
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

/**
 * Refuses has() on a text that is '' when absent: it is true for every event. Only the type check knows whether
 * `i.sku` is a field of ours or a key of the sender's. So the name is replaced by one that none of our types has:
 * if that is an error, the field is ours.
 */
function* vainHas(probed: string, node: ASTNode, world: World): Generator<ExpressionProblem> {
  const tested = node.op === 'call' && node.args[0] === 'has' ? node.args[1][0] : undefined;
  const field = tested?.op === '.' ? tested.args[1] : '';
  if (tested !== undefined && world.neverAbsent.has(field)) {
    const start = tested.end - field.length;
    const renamed = `${probed.slice(0, start)}${'_'.repeat(field.length)}${probed.slice(tested.end)}`;
    if (world.hasProbe.check(renamed).error !== undefined) {
      const text = node.input.slice(tested.start, tested.end);
      yield { offset: node.start, message: `\`${text}\` is never absent: write ${text} != ""` };
    }
  }
  for (const child of children(node)) yield* vainHas(probed, child, world);
}
