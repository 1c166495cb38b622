import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { TableProperties } from '../../simulators/store/dynalite.ts';

const file = new URL('../../functions/history.yml', import.meta.url);
const { Resources } = parse(readFileSync(file, 'utf8'), { logLevel: 'silent' });

/** The table as it is deployed, under a name of its own. */
export const HISTORY_TABLE: TableProperties = {
  ...Resources.HistoryTable.Properties,
  TableName: 'history-of-a-test',
};
