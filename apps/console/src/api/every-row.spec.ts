import { describe, expect, it } from '@jest/globals';
import { everyRow, MAX_PAGES } from './every-row.js';

const PAGE = 100;

/** As the API gives a list of so many rows. */
function listOf(count: number) {
  const asked: (string | undefined)[] = [];
  const read = (page: string | undefined) => {
    asked.push(page);
    const first = Number(page ?? 0);
    const end = Math.min(first + PAGE, count);
    const rows = Array.from({ length: end - first }, (_, index) => first + index);
    return Promise.resolve({ rows, next: end < count ? String(end) : null });
  };
  return { asked, read };
}

describe('everyRow', () => {
  it.each([0, 1, 100, 101, 250])('has each of %d rows once', async (count) => {
    const { asked, read } = listOf(count);
    expect(await everyRow(read)).toEqual(Array.from({ length: count }, (_, index) => index));
    expect(asked).toHaveLength(Math.max(1, Math.ceil(count / PAGE)));
  });

  it('does not read on for ever', async () => {
    const { asked, read } = listOf(1_000_000);
    expect(await everyRow(read)).toHaveLength(MAX_PAGES * PAGE);
    expect(asked).toHaveLength(MAX_PAGES);
  });

  it('fails when a page does', async () => {
    await expect(everyRow(() => Promise.reject(new Error('away')))).rejects.toThrow('away');
  });
});
