import type { Verb } from './changes.ts';
import type { LabelNames, LabelTables } from './config.ts';
import { type ruleContext, rulesEnvironment } from './environment.ts';
import { ENOUGH, labelName } from './label-name.ts';
import { meter } from './metered.ts';
import { celTypeOf, failureReason } from './reason.ts';
import { OutOfSteps, STEPS_A_DELIVERY, stepsOfLength, type TakeSteps } from './steps.ts';

export type Context = ReturnType<typeof ruleContext>;
export type Evaluate<T> = (context: Context) => T;

/** A rule cannot say what it should: the message is the reason, free of customer data. */
export class RuleFailure extends Error {}

/** @param most names that expressions may give an event */
export const tooManyNames = (most: number): RuleFailure =>
  new RuleFailure(
    `would bring the event to more than ${most} label names that expressions give. Narrow the expression, or raise limits.computedLabels in rules.yml`,
  );

const OUT_OF_STEPS =
  'takes too many steps for what this sender sent: all rules together have ' +
  `${STEPS_A_DELIVERY.toLocaleString('en')} for a delivery, and one may use half of what is left. ` +
  'Make it go over less, or over fewer long texts (docs/rules.md, "Steps")';

/**
 * Compiles the expressions of rules, each of which then throws RuleFailure alone. Throws on an expression that
 * `loadRules` never passed.
 * @param computedLabels how many names expressions may give an event
 * @param tables those of the file, by name
 */
export function createExpressionCompiler(
  take: TakeSteps,
  computedLabels: number,
  tables: LabelTables = {},
) {
  const compile = meter(rulesEnvironment(), take);
  const maps = new Map(Object.entries(tables).map(([name, table]) => [name, new Map(table)]));

  function expression<T>(part: string, cel: string, accept: (value: unknown) => T): Evaluate<T> {
    const run = compile(cel);
    return (context) => {
      try {
        return accept(run(context));
      } catch (error) {
        if (error instanceof RuleFailure) throw error;
        const reason = error instanceof OutOfSteps ? OUT_OF_STEPS : failureReason(error, cel);
        throw new RuleFailure(`${part}: ${reason}`);
      }
    };
  }

  function names(part: Verb, given: LabelNames = { labels: [] }): Evaluate<readonly string[]> {
    if ('labels' in given) return () => given.labels;
    if ('cel' in given) {
      const accept = (value: unknown) =>
        labelNames(textsOf(part, value), part, take, computedLabels);
      return expression(part, given.cel, accept);
    }
    const table = maps.get(given.table);
    if (table === undefined) throw new Error(`there is no table ${given.table}`);
    const accept = (value: unknown) => namesInTable(textsOf(part, value), take, table);
    return expression(part, given.keys, accept);
  }

  const condition = (cel?: string): Evaluate<boolean> =>
    cel === undefined ? () => true : expression('when', cel, truth);
  return { condition, names };
}

function truth(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new RuleFailure(`when: gave ${celTypeOf(value)}, needs bool`);
}

function textsOf(part: Verb, value: unknown): readonly string[] {
  const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
  return texts.map((text) => {
    if (typeof text === 'string') return text;
    const gave = `${Array.isArray(value) ? 'a list holding ' : ''}${celTypeOf(text)}`;
    throw new RuleFailure(`${part}: gave ${gave}, needs a string or a list of strings`);
  });
}

/** The labels of the values that the table has; the others have none. */
function namesInTable(
  keys: readonly string[],
  take: TakeSteps,
  table: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const names = keys.flatMap((key) => {
    take(stepsOfLength(key.length));
    const labels = table.get(key) ?? [];
    take(labels.length);
    return labels;
  });
  return [...new Set(names)];
}

/** The name in a text is looked for in all of it, and to normalise the name may take the square of its length. */
const stepsOfName = (text: string): number =>
  20 + stepsOfLength(text.length) + Math.floor(Math.min(text.length, ENOUGH) ** 2 / 256);

function labelNames(
  texts: readonly string[],
  part: Verb,
  take: TakeSteps,
  most: number,
): readonly string[] {
  const names = new Set<string>();
  for (const text of texts) {
    take(stepsOfName(text));
    const name = labelName(text);
    if (name === '') throw new RuleFailure(`${part}: gave an empty text, which cannot be a label`);
    names.add(name);
    if (names.size > most) throw tooManyNames(most);
  }
  return [...names];
}
