/**
 * Records of a topic mostly have the same headers in the same order, and many the same values: the text at each place is made once and
 * used again for as long as the bytes say the same.
 */
export class PlaceTexts {
  readonly #texts: string[] = [];

  /** @param place which header of a record, its name or its value */
  read(place: number, bytes: Buffer, at: number, length: number): string {
    const known = this.#texts[place];
    if (known !== undefined && isAt(bytes, at, length, known)) return known;
    const text = bytes.toString('utf8', at, at + length);
    // As many characters as bytes: all of it is ASCII, and can be compared byte by byte.
    if (text.length === length) this.#texts[place] = text;
    return text;
  }
}

function isAt(bytes: Buffer, at: number, length: number, text: string): boolean {
  if (text.length !== length) return false;
  // From the end: names and numbers differ there first.
  for (let i = length - 1; i >= 0; i -= 1) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}
