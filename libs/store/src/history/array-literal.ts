/**
 * PostgreSQL array literals, the form in which columns of many rows travel as one parameter each.
 * Written here, not by the driver: it would walk every value with far more generality than a column of one type needs.
 */
export function numberArray(values: readonly (number | undefined)[]): string {
  let text = '{';
  for (const value of values) text += value === undefined ? 'NULL,' : `${value},`;
  return close(text);
}

/** Text that PostgreSQL can hold: NUL is dropped, it has no place in its strings. */
export function textArray(values: readonly (string | undefined)[]): string {
  let text = '{';
  for (const value of values) text += value === undefined ? 'NULL,' : `"${escape(value)}",`;
  return close(text);
}

/** Text that needs no quotes in an array literal, such as UUIDs. */
export function plainArray(values: readonly (string | undefined)[]): string {
  let text = '{';
  for (const value of values) text += value === undefined ? 'NULL,' : `${value},`;
  return close(text);
}

function escape(value: string): string {
  const storable = value.includes('\0') ? value.replaceAll('\0', '') : value;
  return /["\\]/.test(storable) ? storable.replaceAll(/["\\]/g, '\\$&') : storable;
}

function close(text: string): string {
  return text.length === 1 ? '{}' : `${text.slice(0, -1)}}`;
}
