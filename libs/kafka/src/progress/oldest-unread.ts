/** Ages within which the oldest one is sought, milliseconds. */
export interface AgeRange {
  /** What is younger is not told apart. */
  readonly minMs: number;
  readonly maxMs: number;
}

/** How exactly: a fiftieth of the age, and never more than this. */
const EXACT_MS = 100;
const EXACT_PART = 0.02;

/**
 * How old the oldest of some records is, when all that can be asked is whether any is older than so much: in a dozen questions for a
 * week, since ages are halved by their ratio, not by their difference.
 *
 * @returns 0 when none is older than `minMs`; else somewhat less than the age, never more
 */
export async function oldestAge(
  isAnyOlder: (ageMs: number) => Promise<boolean>,
  { minMs, maxMs }: AgeRange,
): Promise<number> {
  if (!(await isAnyOlder(minMs))) return 0;
  let [low, high] = [Math.max(1, minMs), maxMs];
  while (high - low > Math.max(EXACT_MS, low * EXACT_PART)) {
    const middle = Math.sqrt(low * high);
    if (await isAnyOlder(middle)) low = middle;
    else high = middle;
  }
  return low;
}
