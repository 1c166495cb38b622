// Why a standing label cannot be decided: made of the expression's own text and the names of fields and sources.
import { failureReason } from '../rules/reason.ts';
import { STEPS_A_DELIVERY } from '../rules/steps.ts';
import type { HistoryType } from './fields.ts';
import type { Lack } from './values.ts';

const THINGS: Partial<Record<HistoryType, string>> = {
  HistoryOrder: 'an order of',
  HistoryItem: 'an item of an order of',
  HistorySubscription: 'a subscription of',
};

export const OUT_OF_STEPS =
  'takes too many steps for this history: all standing labels together have ' +
  `${STEPS_A_DELIVERY.toLocaleString('en')} each time, and one may use half of what is left. ` +
  'Make it go over less (docs/rules.md, "Steps")';

/** @param lacks by field, what the expression last asked for in vain */
export function undecidedReason(
  error: unknown,
  cel: string,
  lacks: ReadonlyMap<string, Lack>,
): string {
  const reason = failureReason(error, cel);
  const { code, summary } = (error ?? {}) as { code?: unknown; summary?: unknown };
  const field = /^No such key: (\w+)$/.exec(String(summary))?.[1];
  const lack = code === 'no_such_key' && field !== undefined ? lacks.get(field) : undefined;
  if (lack === undefined) return reason.replace(/ this event( \(\w+\))?$/, ' this history$1');
  const part = reason.replace(/ is missing from this event$/, '');
  return lack.source === undefined
    ? `${part}: nothing has happened`
    : `${part}: ${THINGS[lack.type]} ${lack.source} has no ${lack.because ?? lack.field}`;
}
