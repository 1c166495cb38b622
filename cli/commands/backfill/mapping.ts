import { CliFailure, EXIT } from '../../kit/failure.ts';
import type { Field } from './exports.ts';
import { type BackfillSource, EXPORTS, type Export, FIELDS } from './exports.ts';

/** Which column is which field. */
export interface Mapping {
  readonly source: BackfillSource;
  /** The export it was taken for; undefined where `--map` alone says it. */
  readonly name: string | undefined;
  /** Columns by field, as the file writes them. */
  readonly columns: ReadonlyMap<Field, string>;
}

export interface MappingOptions {
  readonly source?: BackfillSource | undefined;
  /** `field=Column`, each. */
  readonly map?: readonly string[] | undefined;
}

const alike = (column: string): string => column.trim().toLowerCase();

/**
 * The mapping for a file with these columns: what its export is known to have, and what `--map` says instead.
 * @throws CliFailure where an e-mail or a date has no column; it lists what was found and what is missing
 */
export function mappingFor(columns: readonly string[], options: MappingOptions): Mapping {
  const find = (wanted: string) => columns.find((column) => alike(column) === alike(wanted));
  const given = givenColumns(options.map ?? [], find, columns);
  const { source } = options;
  const known = guess(find, source);
  const found = FIELDS.flatMap((field): [Field, string][] => {
    const candidates = known?.columns[field] ?? [];
    const column = given.get(field) ?? candidates.map(find).find((name) => name !== undefined);
    return column === undefined ? [] : [[field, column]];
  });
  const mapping: Mapping = {
    source: source ?? known?.source ?? 'custom',
    name: known?.name,
    columns: new Map(found),
  };
  const missing = missingFrom(mapping);
  if (missing.length === 0) return mapping;
  throw new CliFailure(explain(columns, mapping, missing), EXIT.usage);
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
        throw new CliFailure(
          `--map "${entry}" is not field=Column. The fields are ${FIELDS.join(', ')}.`,
          EXIT.usage,
        );
      }
      const column = find(wanted);
      if (column !== undefined) return [field, column] as const;
      throw new CliFailure(
        `--map ${field}: the file has no column "${wanted}".\nIt has: ${columns.join(', ')}`,
        EXIT.usage,
      );
    }),
  );
}

function guess(
  find: (wanted: string) => string | undefined,
  source: BackfillSource | undefined,
): Export | undefined {
  const fits = ({ marks }: Export) => marks.every((mark) => find(mark) !== undefined);
  const candidates = EXPORTS.filter((one) => source === undefined || one.source === source);
  return candidates.find(fits);
}

const DATES: readonly Field[] = ['createdAt', 'paidAt', 'fulfilledAt', 'canceledAt', 'refundedAt'];

function missingFrom({ columns }: Mapping): string[] {
  const hasDate = DATES.some((field) => columns.has(field));
  return [...(columns.has('email') ? [] : ['email']), ...(hasDate ? [] : ['createdAt or paidAt'])];
}

function explain(columns: readonly string[], mapping: Mapping, missing: readonly string[]): string {
  const taken = mapping.name ?? 'no export that is known here';
  return [
    `The file cannot be read: no column for ${missing.join(' and ')}. It was taken for ${taken}.`,
    `Its columns: ${columns.join(', ')}`,
    'Say which is which: --map email="E-mail" --map paidAt="Paid on" --map total=Sum',
    `The fields are ${FIELDS.join(', ')}.`,
  ].join('\n');
}
