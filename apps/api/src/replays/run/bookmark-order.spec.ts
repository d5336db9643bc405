import { describe, expect, it } from '@jest/globals';
import { newPrn, type Prn } from '@fleethook/events';
import type { GoingReplay } from '@fleethook/store';
import { isBehind } from './bookmark-order.js';

const organizationPrn = `prn:1:${crypto.randomUUID()}` as Prn<'organization'>;
const webhookPrn = newPrn(organizationPrn, 'webhook');

const going = (second: number, changes: Partial<GoingReplay> = {}): GoingReplay => ({
  prn: newPrn(organizationPrn, 'replay'),
  organizationPrn,
  webhookPrn,
  source: 'bookmark',
  insertedAt: new Date(second * 1_000),
  enabledVersion: 1,
  windowEnd: null,
  ...changes,
});

describe('a replay of a bookmark', () => {
  const earlier = going(1);
  const later = going(2);

  it('is behind those of earlier bookmarks of its webhook, however they are listed', () => {
    expect([isBehind(later, [later, earlier]), isBehind(later, [earlier, later])]).toEqual([true, true]);
    expect(isBehind(earlier, [later, earlier])).toBe(false);
  });

  it.each([
    ['other webhooks', going(1, { webhookPrn: newPrn(organizationPrn, 'webhook') })],
    ['other kinds', going(1, { source: 'log' })],
  ])('is not behind those of %s', (_of, other) => {
    expect(isBehind(later, [other, later])).toBe(false);
  });

  it('has others not wait for it', () => {
    expect(isBehind(going(2, { source: 'failed' }), [earlier])).toBe(false);
  });
});
