import { describe, expect, it } from '@jest/globals';
import { newOrganizationPrn, newPrn } from '@fleethook/events';
import type { HistoryFact } from '../history/deliveries/history-fact.js';
import { healthOf } from './webhook-health.js';

const webhook = newPrn(newOrganizationPrn(), 'webhook');

const attempted = (outcome: string): HistoryFact =>
  ({ attempt: { outcome, startedAtMs: 1_000, attempt: 4, delivery: 'd' }, state: { webhook } }) as HistoryFact;

describe('what an attempt says of its endpoint', () => {
  it('is that it failed, or that it answered', () => {
    expect(healthOf(attempted('connection_refused'))).toMatchObject({ webhook, lastFailureAtMs: 1_000 });
    expect(healthOf(attempted('delivered'))).toMatchObject({ webhook, lastSuccessAtMs: 1_000 });
  });

  it('is nothing where our own proxy failed: no webhook is disabled for that, and nobody is warned', () => {
    expect(healthOf(attempted('proxy'))).toBeUndefined();
  });
});
