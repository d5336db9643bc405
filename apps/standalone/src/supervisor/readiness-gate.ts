import { setTimeout as pause } from 'node:timers/promises';
import type { Say } from '@fleethook/infrastructure';
import { askService } from '@fleethook/service';

const EVERY_MS = 250;
const TELL_EVERY_MS = 15_000;
const REQUEST_TIMEOUT_MS = 5_000;

/** Waits until every app answers that it is ready; says now and then who does not, and why. Ends early when aborted. */
export async function awaitReadiness(
  urls: () => ReadonlyMap<string, string | undefined>,
  say: Say,
  signal: AbortSignal,
): Promise<void> {
  let tellAt = Date.now() + TELL_EVERY_MS;
  while (!signal.aborted) {
    const answers = await Promise.all([...urls()].map(async ([app, url]) => [app, await notReady(url)] as const));
    const waiting = answers.filter(([, reason]) => reason !== undefined);
    if (waiting.length === 0) return;
    if (Date.now() > tellAt) {
      say(`Waiting for ${waiting.map(([app, reason]) => `${app} (${reason})`).join(', ')}.`);
      tellAt = Date.now() + TELL_EVERY_MS;
    }
    await pause(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** @returns why not; undefined when it is */
async function notReady(url: string | undefined): Promise<string | undefined> {
  if (url === undefined) return 'it does not listen yet';
  try {
    const reply = await askService(new URL('/health/ready', url), { timeoutMs: REQUEST_TIMEOUT_MS });
    return reply.status === 200 ? undefined : reasonsOf(reply.text);
  } catch {
    return 'it does not answer';
  }
}

/** `{"error":{"kafka":{"status":"down","reason":"..."}}}` */
export function reasonsOf(body: string): string {
  try {
    const { error } = JSON.parse(body) as { error?: Record<string, { reason?: string }> };
    const reasons = Object.entries(error ?? {}).map(([probe, { reason }]) => `${probe}: ${reason ?? 'down'}`);
    if (reasons.length > 0) return reasons.join('; ');
  } catch {
    // Not what a health check answers.
  }
  return 'it is not ready';
}
