/**
 * PostgreSQL array literals, for a column of arrays: each row's is one element of the parameter, since an array of arrays would have to be
 * rectangular. The columns themselves travel as in binary-array.ts.
 */
export function numbersLiteral(values: readonly number[]): string {
  return `{${values.join(',')}}`;
}

export function textsLiteral(values: readonly string[]): string {
  return `{${values.map((value) => `"${escape(value)}"`).join(',')}}`;
}

function escape(value: string): string {
  return /["\\]/.test(value) ? value.replaceAll(/["\\]/g, '\\$&') : value;
}
