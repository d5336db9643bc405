/** How much of a response is kept to show to a person. */
export const MAX_EXCERPT_BYTES = 4_096;

const REPLACEMENT_BYTES = 3;

/**
 * The beginning of a body as text that every store takes: well-formed UTF-8 (what is not becomes U+FFFD), no NUL (PostgreSQL refuses it),
 * at most `maxBytes` in UTF-8. A character cut in two by the limit is left out, one cut by the body's end is not.
 * @param isComplete false when the body goes on after these bytes
 */
export function excerptOf(bytes: Buffer, isComplete: boolean, maxBytes = MAX_EXCERPT_BYTES): string {
  let end = Math.min(bytes.length, maxBytes);
  if (end < bytes.length || !isComplete) end = lastCharacterBoundary(bytes, end);
  let text = bytes.toString('utf8', 0, end);
  if (text.includes('\0')) text = text.replaceAll('\0', '');
  // Bytes that are no UTF-8 grow when they are replaced: only then can the text have become too long.
  if (end * REPLACEMENT_BYTES <= maxBytes) return text;
  const encoded = Buffer.from(text, 'utf8');
  if (encoded.length <= maxBytes) return text;
  return encoded.toString('utf8', 0, lastCharacterBoundary(encoded, maxBytes));
}

/** `end`, or less when a character that starts before it would need bytes after it. */
function lastCharacterBoundary(bytes: Buffer, end: number): number {
  for (let start = end - 1; start >= 0 && start >= end - 3; start--) {
    const byte = bytes[start] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return start + length > end ? start : end;
  }
  return end;
}
