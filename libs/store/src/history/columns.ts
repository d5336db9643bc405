import { float8Array, textArray, timeArray, uuidArray, type OptionalValues } from './binary-array.js';

/**
 * Rows travel as one parameter per column, each the column's values of all rows. PRNs are stored as the UUIDs they are made of: `uuid` is the
 * one that ends a PRN, or is all there is, `organization` the one that a PRN begins with.
 */
type ColumnType = 'uuid' | 'organization' | 'text' | 'texts' | 'int' | 'real' | 'time';

export interface Column<R> {
  readonly name: string;
  readonly type: ColumnType;
  readonly of: (row: R) => string | number | undefined;
}

const UUID_CHARACTERS = 36;
export const ORGANIZATION_START = 'prn:1:'.length;
export const OWN_START = -UUID_CHARACTERS;

export const organizationUuid = (prn: string): string =>
  prn.slice(ORGANIZATION_START, ORGANIZATION_START + UUID_CHARACTERS);
export const ownUuid = (prn: string): string => prn.slice(OWN_START);

const SQL_TYPES: Readonly<Record<ColumnType, string>> = {
  uuid: 'uuid',
  organization: 'uuid',
  text: 'text',
  // See array-literal.ts.
  texts: 'text',
  // What does not fit is for PostgreSQL to refuse.
  int: 'float8',
  real: 'float8',
  // Epoch milliseconds here.
  time: 'timestamptz',
};

export function valuesOf<R>(column: Column<R>, rows: readonly R[]): Buffer {
  const values = rows.map(column.of);
  switch (column.type) {
    case 'uuid':
      return uuidArray(values as OptionalValues<string>, OWN_START);
    case 'organization':
      return uuidArray(values as OptionalValues<string>, ORGANIZATION_START);
    case 'text':
    case 'texts':
      return textArray(values as OptionalValues<string>);
    case 'int':
    case 'real':
      return float8Array(values as OptionalValues<number>);
    case 'time':
      return timeArray(values as OptionalValues<number>);
  }
}

export function names<R>(columns: readonly Column<R>[]): string {
  return columns.map(({ name }) => name).join(', ');
}

export function selection<R>(columns: readonly Column<R>[]): string {
  return columns.map(selected).join(', ');
}

function selected<R>({ name, type }: Column<R>): string {
  if (type === 'int') return `${name}::int`;
  return type === 'texts' ? `${name}::text[]` : name;
}

export function unnested<R>(columns: readonly Column<R>[], firstParameter: number): string {
  const arrays = columns.map(({ type }, index) => `$${firstParameter + index}::${SQL_TYPES[type]}[]`);
  return `unnest(${arrays.join(', ')}) AS row (${names(columns)})`;
}
