export interface EventuallyOptions {
  /** How long it may take on a machine of its own; a busy one is given `PATIENCE` times as long before a miss is thrown. */
  readonly withinMs: number;
  /** The longest pause between two tries; more for what costs something to look at. Default 100 ms. */
  readonly longestPauseMs?: number;
  /** Added to the miss: what the world looked like. */
  readonly explain?: () => string | Promise<string>;
}

/** What comes late on a busy machine is no fault, and what comes in time waits for no deadline. */
const PATIENCE = 4;

const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 100;

/**
 * Tries an assertion until it holds, and hands back what it returned. After the deadline the last failure is thrown, with what `explain`
 * says below it.
 */
export async function eventually<T>(assertion: () => T | Promise<T>, options: EventuallyOptions): Promise<T> {
  const { longestPauseMs = LONGEST_PAUSE_MS, explain } = options;
  const withinMs = options.withinMs * PATIENCE;
  const deadlineMs = performance.now() + withinMs;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      return await assertion();
    } catch (failure) {
      if (performance.now() >= deadlineMs) throw await missed(failure, withinMs, explain);
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

async function missed(failure: unknown, withinMs: number, explain: EventuallyOptions['explain']): Promise<Error> {
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
