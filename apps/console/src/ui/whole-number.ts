/** What somebody types where a whole number belongs. */
export type TypedNumber =
  | { readonly kind: 'empty' }
  | { readonly kind: 'wrong'; readonly message: string }
  | { readonly kind: 'fine'; readonly value: number };

/** Digits alone: whoever writes `1,000` or `1.000` may mean a thousand or one, and whether it is in bounds is for the API to say. */
export function readWholeNumber(text: string): TypedNumber {
  const digits = text.trim();
  if (digits === '') return { kind: 'empty' };
  const value = Number(digits);
  return /^\d+$/.test(digits) && Number.isSafeInteger(value)
    ? { kind: 'fine', value }
    : { kind: 'wrong', message: 'must be a whole number, in digits alone: 1000' };
}

/** For its field. */
export function numberProblem(text: string): string | undefined {
  const typed = readWholeNumber(text);
  return typed.kind === 'wrong' ? typed.message : undefined;
}
