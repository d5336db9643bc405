/** In a short word, one letter changed makes another word: of `PORT`, `PROT` is a slip, and `HOST` is not. */
const SHORT_WORD = 4;
const MIDDLING_WORD = 6;
const MOST_EDITS = 2;

/**
 * Whether somebody who wrote `text` most likely meant `name`: the same words, but for slips of the pen in others than the first. Names with
 * digits are taken to be numbered on purpose.
 * @param words of all names: what is right in one of them is no slip in another (`KAFKA_SSL_PASSWORD`, `KAFKA_SASL_PASSWORD`)
 */
export function isNearMiss(text: string, name: string, words: ReadonlySet<string>): boolean {
  const written = text.split('_');
  const meant = name.split('_');
  if (written.length !== meant.length || written[0] !== meant[0] || /\d/.test(text)) return false;
  let edits = 0;
  for (const [index, word] of meant.entries()) {
    const other = written[index] ?? '';
    if (other === word) continue;
    if (words.has(other) || !isSlip(other, word)) return false;
    edits += editDistance(other, word);
  }
  return edits > 0 && edits <= MOST_EDITS;
}

function isSlip(written: string, meant: string): boolean {
  const edits = editDistance(written, meant);
  if (meant.length > MIDDLING_WORD) return edits <= MOST_EDITS;
  if (edits > 1) return false;
  return meant.length > SHORT_WORD || isSwapped(written, meant) || isDoubled(written, meant) || isCut(written, meant);
}

const sorted = (word: string): string => word.split('').toSorted().join('');

const isSwapped = (written: string, meant: string): boolean => sorted(written) === sorted(meant);

const isDoubled = (written: string, meant: string): boolean =>
  written.length > meant.length && withoutDoubles(written) === withoutDoubles(meant);

const withoutDoubles = (word: string): string => word.replaceAll(/(.)\1+/g, '$1');

/** Of three letters, two are too little to be sure. */
const isCut = (written: string, meant: string): boolean => meant.length === SHORT_WORD && written.length < meant.length;

/** Letters to add, leave out, change, or swap with the next one, between two texts. */
export function editDistance(left: string, right: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const substitution = (previous[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1);
      const isSwap = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      current.push(
        Math.min(
          (previous[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          substitution,
          row > 1 && column > 1 && isSwap ? (beforePrevious[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[right.length] ?? 0;
}
