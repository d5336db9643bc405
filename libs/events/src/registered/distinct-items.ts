/** JSON as a text in which equal values are equal: the keys of objects in order. The value is of bounded depth. */
export function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const entries = Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join(',')}}`;
}

/**
 * Whether no two items are equal, in time proportional to their size; comparing each with each would take its square.
 * @param spend told the length of what was compared
 */
export function areDistinct(items: readonly unknown[], spend: (characters: number) => void): boolean {
  const seen = new Set<string>();
  for (const item of items) {
    const text = canonicalJson(item);
    spend(text.length);
    if (seen.has(text)) return false;
    seen.add(text);
  }
  return true;
}
