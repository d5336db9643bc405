/** What somebody types where a JSON object belongs. */
export type TypedJson =
  | { readonly kind: 'empty' }
  /** Not yet, or not at all. */
  | { readonly kind: 'wrong'; readonly message: string }
  | { readonly kind: 'fine'; readonly value: Readonly<Record<string, unknown>> };

export function readJsonObject(text: string): TypedJson {
  if (text.trim() === '') return { kind: 'empty' };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { kind: 'wrong', message: `It is no JSON: ${(error as SyntaxError).message}` };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { kind: 'wrong', message: 'It must be a JSON object: { … }' };
  return { kind: 'fine', value: value as Readonly<Record<string, unknown>> };
}

export const textOfJson = (value: unknown): string => JSON.stringify(value, undefined, 2);
