import { numberArray, plainArray, textArray } from './array-literal.js';

/** Rows travel as one parameter per column, each the column's values of all rows. */
type ColumnType = 'uuid' | 'text' | 'texts' | 'int' | 'real' | 'time';

export interface Column<R> {
  readonly name: string;
  readonly type: ColumnType;
  readonly of: (row: R) => string | number | undefined;
}

const UUID_CHARACTERS = 36;
const ORGANIZATION_START = 'prn:1:'.length;

/** PRNs are stored as the UUIDs they are made of. */
export const organizationUuid = (prn: string): string =>
  prn.slice(ORGANIZATION_START, ORGANIZATION_START + UUID_CHARACTERS);
export const ownUuid = (prn: string): string => prn.slice(-UUID_CHARACTERS);

const SQL_TYPES: Readonly<Record<ColumnType, string>> = {
  uuid: 'uuid',
  text: 'text',
  // An array literal per row: an array of arrays would have to be rectangular.
  texts: 'text',
  int: 'int',
  real: 'real',
  // Epoch milliseconds.
  time: 'float8',
};

export function valuesOf<R>(column: Column<R>, rows: readonly R[]): string {
  const values = rows.map(column.of);
  switch (column.type) {
    case 'uuid':
      return plainArray(values as (string | undefined)[]);
    case 'text':
    case 'texts':
      return textArray(values as (string | undefined)[]);
    case 'int':
    case 'real':
    case 'time':
      return numberArray(values as (number | undefined)[]);
  }
}

export function names<R>(columns: readonly Column<R>[]): string {
  return columns.map(({ name }) => name).join(', ');
}

export function selection<R>(columns: readonly Column<R>[]): string {
  return columns.map(selected).join(', ');
}

function selected<R>({ name, type }: Column<R>): string {
  if (type === 'time') return `to_timestamp(${name} / 1000)`;
  return type === 'texts' ? `${name}::text[]` : name;
}

export function unnested<R>(columns: readonly Column<R>[], firstParameter: number): string {
  const arrays = columns.map(({ type }, index) => `$${firstParameter + index}::${SQL_TYPES[type]}[]`);
  return `unnest(${arrays.join(', ')}) AS row (${names(columns)})`;
}
