export interface EventuallyOptions {
  /** How long it may take; a miss is thrown after this time. */
  readonly withinMs: number;
  /** The longest pause between two tries; more for what costs something to look at. Default 100 ms. */
  readonly longestPauseMs?: number;
  /** Added to the miss: what the world looked like. */
  readonly explain?: () => string | Promise<string>;
}

const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 100;

/**
 * Tries an assertion until it holds, and hands back what it returned. After the deadline the last failure is thrown, with what `explain`
 * says below it.
 */
export async function eventually<T>(assertion: () => T | Promise<T>, options: EventuallyOptions): Promise<T> {
  const { withinMs, longestPauseMs = LONGEST_PAUSE_MS } = options;
  const deadlineMs = performance.now() + withinMs;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      return await assertion();
    } catch (failure) {
      if (performance.now() >= deadlineMs) throw await missed(failure, options);
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

async function missed(failure: unknown, { withinMs, explain }: EventuallyOptions): Promise<Error> {
  const reason = failure instanceof Error ? failure.message : String(failure);
  let explanation = '';
  try {
    explanation = (await explain?.()) ?? '';
  } catch (error) {
    explanation = `(nothing could be explained: ${error instanceof Error ? error.message : String(error)})`;
  }
  return new Error(`not within ${withinMs} ms: ${reason}${explanation === '' ? '' : `\n\n${explanation}`}`, {
    cause: failure,
  });
}
