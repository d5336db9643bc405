/**
 * Whether all texts and keys of a JSON value are Unicode: half of a surrogate pair is no character, and many parsers take no JSON that
 * holds one (RFC 8259 §8.2).
 */
export function isWellFormedJson(value: unknown): boolean {
  const left: unknown[] = [value];
  while (left.length > 0) {
    const next = left.pop();
    if (typeof next === 'string' && !next.isWellFormed()) return false;
    if (typeof next !== 'object' || next === null) continue;
    for (const [key, member] of Object.entries(next)) {
      if (!key.isWellFormed()) return false;
      left.push(member);
    }
  }
  return true;
}

/** The beginning of a text that somebody else wrote, to be shown in an answer: the cut halves no character. */
export function beginningOf(text: string, maxCharacters: number): string {
  return text.slice(0, maxCharacters).toWellFormed();
}
