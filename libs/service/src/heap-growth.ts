import { setFlagsFromString } from 'node:v8';

/**
 * How far the old space may grow beyond what lived at its last collection before V8 collects it again: to five times as much, within
 * `--max-old-space-size`.
 *
 * Records live from their fetch to their commit, long enough to be moved to the old space and hardly longer. By V8's own reckoning the
 * recorder looked through all that lives once for every two collections of young objects, which took a quarter of its CPU (docs/performance.md).
 */
export const HEAP_GROWTH = '--heap-growing-percent=400';

/** V8 reads it whenever it sets its next limit, so that it may be set at any time (`NODE_OPTIONS` does not take it). */
export function letHeapGrow(): void {
  setFlagsFromString(HEAP_GROWTH);
}
