import { orderNumber, type PersonKeys } from '../explain/subject.ts';
import type { LogRow } from './rows.ts';

/** What is wanted of a log; what is undefined is not asked about. */
export interface Wanted {
  readonly source?: string | undefined;
  readonly status?: string | undefined;
  readonly order?: string | undefined;
  readonly person?: PersonKeys | undefined;
}

export function isWanted(row: LogRow, { source, status, order, person }: Wanted): boolean {
  return (
    (source === undefined || row.source === source) &&
    (status === undefined || row.state === status) &&
    (order === undefined || isOrder(row, order)) &&
    (person === undefined || isAbout(row, person))
  );
}

const isOrder = ({ order }: LogRow, wanted: string): boolean =>
  order !== undefined && orderNumber(order) === orderNumber(wanted);

const isAbout = ({ contactId, group }: LogRow, { contactIds, groups }: PersonKeys): boolean =>
  (contactId !== undefined && contactIds.includes(contactId.toLowerCase())) ||
  (group !== undefined && groups.includes(group));
