import { describe, expect, it } from '@jest/globals';
import { validate, version } from 'uuid';
import { newUuidV7 } from './uuid-v7.js';

describe('UUID v7', () => {
  const names = Array.from({ length: 50_000 }, newUuidV7);

  it('is valid, of version 7, and never the same', () => {
    expect(names.every((name) => validate(name) && version(name) === 7)).toBe(true);
    expect(new Set(names).size).toBe(names.length);
  });

  it('sorts as it was given', () => {
    expect(names.toSorted()).toEqual(names);
  });

  it('begins with the time', () => {
    const beforeMs = Date.now();
    const timeMs = Number.parseInt(newUuidV7().replace('-', '').slice(0, 12), 16);
    expect(timeMs).toBeGreaterThanOrEqual(beforeMs);
    expect(timeMs).toBeLessThanOrEqual(Date.now());
  });

  it('is random in its end', () => {
    for (let digit = 26; digit < 36; digit += 1) expect(new Set(names.map((name) => name[digit])).size).toBe(16);
  });
});
