import { describe, expect, it } from '@jest/globals';
import { newClusterId } from './cluster-id.js';

describe('newClusterId', () => {
  it('draws again where the id would begin like an option', () => {
    const draws = [Buffer.alloc(16, 0xfb), Buffer.alloc(16, 0xf8), Buffer.alloc(16)];
    expect(newClusterId(() => draws.shift() ?? Buffer.alloc(0))).toBe('AAAAAAAAAAAAAAAAAAAAAA');
    expect(draws).toHaveLength(0);
  });

  it('takes 16 bytes', () => {
    expect(newClusterId()).toMatch(/^[A-Za-z0-9_][A-Za-z0-9_-]{21}$/);
  });
});
