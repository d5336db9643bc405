import { describe, expect, it } from '@jest/globals';
import { WakeUp } from './wake-up.js';

const LONG_MS = 60_000;

describe('WakeUp', () => {
  it('ends a sleep', async () => {
    const wakeUp = new WakeUp();
    const sleeping = wakeUp.sleep(LONG_MS);
    wakeUp.call();
    await expect(sleeping).resolves.toBeUndefined();
  });

  it('does not lose a call that came before the sleep, and keeps it for one sleep only', async () => {
    const wakeUp = new WakeUp();
    wakeUp.call();
    await expect(wakeUp.sleep(LONG_MS)).resolves.toBeUndefined();
    const second = wakeUp.sleep(LONG_MS);
    const first = await Promise.race([second.then(() => 'woken'), Promise.resolve('asleep')]);
    wakeUp.call();
    await second;
    expect(first).toBe('asleep');
  });
});
