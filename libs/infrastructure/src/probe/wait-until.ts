import { setTimeout as pause } from 'node:timers/promises';

const EVERY_MS = 200;

/** Asks again and again. @returns false when the time is over, or `giveUp` says that it cannot come true any more */
export async function waitUntil(
  ask: () => Promise<boolean>,
  options: { withinMs: number; giveUp?: () => boolean },
): Promise<boolean> {
  const deadline = Date.now() + options.withinMs;
  while (!(await ask())) {
    if (options.giveUp?.() || Date.now() > deadline) return false;
    await pause(EVERY_MS);
  }
  return true;
}
