import { Environment } from '@marcbachmann/cel-js';
import { sum } from '../rules/functions.ts';
import type { TakeSteps } from '../rules/steps.ts';
import { durationMs } from './duration.ts';
import { FIELDS, type HistoryType } from './fields.ts';
import * as values from './values.ts';

const { History, HistoryOrder, HistoryItem, HistorySubscription, HistoryForm, HistoryEvents } =
  values;
const CONSTRUCTORS = {
  History,
  HistoryOrder,
  HistoryItem,
  HistorySubscription,
  HistoryForm,
  HistoryEvents,
};

/**
 * The CEL environment in which the expressions of `labels:` are checked and run.
 * @param take counts what it costs to go over a history
 */
export function standingEnvironment(take: TakeSteps = () => {}): Environment {
  const environment = new Environment({
    unlistedVariablesAreDyn: false,
    limits: { maxAstNodes: 1000, maxDepth: 50, maxListElements: 500, maxMapEntries: 100 },
  });
  for (const name of Object.keys(FIELDS) as HistoryType[]) {
    environment.registerType(name, { ctor: CONSTRUCTORS[name], fields: FIELDS[name] });
  }
  return environment
    .registerFunction('History.within(string): History', (history: values.History, window) => {
      take(history.size);
      return history.within(durationMs(window) ?? 0);
    })
    .registerFunction('History.spent(string): double', (history: values.History, currency) => {
      take(history.size);
      return history.spent(currency);
    })
    .registerFunction('list<double>.sum(): double', sum)
    .registerVariable('history', 'History');
}
