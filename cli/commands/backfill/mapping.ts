import { wrongUsage } from '../../kit/failure.ts';
import { type BackfillSource, DATES, EXPORTS, FIELDS, type Field } from './exports.ts';

/** Which column is which field. */
export interface ColumnMapping {
  readonly source: BackfillSource;
  /** The export it was taken for; undefined where `--map` alone says it. */
  readonly name: string | undefined;
  /** Columns by field, as the file writes them. */
  readonly columns: ReadonlyMap<Field, string>;
}

export interface ColumnOptions {
  readonly source?: BackfillSource | undefined;
  /** `field=Column`, each. */
  readonly map?: readonly string[] | undefined;
}

const alike = (column: string): string => column.trim().toLowerCase();

/**
 * The mapping for a file with these columns: what its export is known to have, and what `--map` says instead.
 * @throws CliFailure where an e-mail or a date has no column; it lists what was found and what is missing
 */
export function mappingFor(columns: readonly string[], options: ColumnOptions): ColumnMapping {
  const find = (wanted: string) => columns.find((column) => alike(column) === alike(wanted));
  const given = givenColumns(options.map ?? [], find, columns);
  const { source } = options;
  const known = EXPORTS.find(
    (one) =>
      (source === undefined || one.source === source) &&
      one.marks.every((mark) => find(mark) !== undefined),
  );
  const found = FIELDS.flatMap((field): [Field, string][] => {
    const candidates = known?.columns[field] ?? [];
    const column = given.get(field) ?? candidates.map(find).find((name) => name !== undefined);
    return column === undefined ? [] : [[field, column]];
  });
  const fields = new Map(found);
  const missing = [
    ...(fields.has('email') ? [] : ['email']),
    ...(DATES.some((field) => fields.has(field)) ? [] : ['createdAt or paidAt']),
  ];
  if (missing.length === 0) {
    return { source: source ?? known?.source ?? 'custom', name: known?.name, columns: fields };
  }
  const taken = known?.name ?? 'no export that is known here';
  throw wrongUsage(
    `The file cannot be read: no column for ${missing.join(' and ')}. It was taken for ${taken}.
Its columns: ${columns.join(', ')}
Say which is which: --map email="E-mail" --map paidAt="Paid on" --map total=Sum
The fields are ${FIELDS.join(', ')}.`,
  );
}

function givenColumns(
  map: readonly string[],
  find: (wanted: string) => string | undefined,
  columns: readonly string[],
): Map<Field, string> {
  return new Map(
    map.map((entry) => {
      const [name = '', ...rest] = entry.split('=');
      const wanted = rest.join('=');
      // As the flat schema writes it, too: `discount_codes`.
      const wantedField = alike(name.replaceAll('_', ''));
      const field = FIELDS.find((one) => alike(one) === wantedField);
      if (!field || wanted === '') {
        throw wrongUsage(
          `--map "${entry}" is not field=Column. The fields are ${FIELDS.join(', ')}.`,
        );
      }
      const column = find(wanted);
      if (column !== undefined) return [field, column] as const;
      throw wrongUsage(
        `--map ${field}: the file has no column "${wanted}".\nIt has: ${columns.join(', ')}`,
      );
    }),
  );
}
