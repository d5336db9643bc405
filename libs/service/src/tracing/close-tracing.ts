import { setTimeout as sleep } from 'node:timers/promises';
import type { Log, Tracing } from '@fleethook/observability';

const TIMEOUT_MS = 3_000;

/** Sends the last spans, for a few seconds at most: those of the drain are worth having, and a collector may be away. */
export async function closeTracing(tracing: Tracing, log: Log): Promise<void> {
  try {
    const late = sleep(TIMEOUT_MS, 'late' as const, { ref: false });
    if ((await Promise.race([tracing.close(), late])) === 'late')
      log.warn({ event: 'tracing.not_flushed' }, 'the last spans were not taken in time');
  } catch (error) {
    log.warn({ event: 'tracing.not_flushed', error }, 'the last spans could not be sent');
  }
}
