import { describe, expect, it } from '@jest/globals';
import { eventually } from './eventually.js';

const failing = () => Promise.reject(new Error('broken too'));

describe('eventually', () => {
  it('hands back what the assertion returned once it holds', async () => {
    let calls = 0;
    const value = await eventually(
      () => {
        calls++;
        expect(calls).toBeGreaterThanOrEqual(3);
        return calls;
      },
      { withinMs: 5_000 },
    );
    expect(value).toBe(3);
  });

  it('waits for an assertion that is a promise', async () => {
    let ready = false;
    setTimeout(() => (ready = true), 10);
    await eventually(async () => expect(await Promise.resolve(ready)).toBe(true), { withinMs: 5_000 });
    expect(ready).toBe(true);
  });

  it('throws the last failure and the explanation after the deadline', async () => {
    const missed = eventually(() => expect('this').toBe('that'), { withinMs: 20, explain: () => 'the lag was 7' });
    await expect(missed).rejects.toThrow(/^not within 80 ms: [\s\S]*this[\s\S]*the lag was 7$/);
  });

  it('does not hide the failure behind an explanation that fails', async () => {
    const missed = eventually(() => expect('this').toBe('that'), { withinMs: 1, explain: failing });
    await expect(missed).rejects.toThrow(/this[\s\S]*broken too/);
  });
});
