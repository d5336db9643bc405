import { beforeEach, describe, expect, it } from '@jest/globals';
import { parseEventName } from '@fleethook/events';
import { createLog } from '@fleethook/observability';
import { DELIVERED, LaneWorld, offer, webhookOf } from '../../testing/lane-world.js';
import type { Webhook } from '../../webhook.js';
import { GuardedGates } from './gates.js';

const log = createLog({ app: 'test', level: 'silent', format: 'json' });
const FAILED = { kind: 'http_status', status: 503 } as const;
const TEST_FIRE = { name: parseEventName('webhook.test_fire') };

describe('a test fire behind an open breaker', () => {
  let world: LaneWorld;
  let lanes: ReturnType<LaneWorld['registry']>;
  let webhook: Webhook;

  beforeEach(() => {
    world = new LaneWorld();
    lanes = world.registry({}, new GuardedGates(log, { report: () => {} }, world.clock));
    webhook = webhookOf();
    world.attempts.outcome = FAILED;
    offer(lanes, webhook, 10);
    endAll();
    world.attempts.started = 0;
  });

  function endAll(): void {
    while (world.attempts.running.length > 0) world.attempts.end();
  }

  const reasons = () => world.sink.deferred.map(({ reason }) => reason);

  it('is sent at once, and the others are put off all the same', () => {
    offer(lanes, webhook, 1, TEST_FIRE);
    offer(lanes, webhook);
    expect(world.attempts.running.map(({ delivery }) => delivery.message.name)).toEqual([TEST_FIRE.name]);
    expect(reasons()).toEqual(['breaker_open']);
  });

  it.each([
    ['that is taken closes it no sooner', DELIVERED],
    ['that fails keeps it open no longer', FAILED],
  ])('%s: it is no probe', (_what, outcome) => {
    world.attempts.outcome = outcome;
    offer(lanes, webhook, 1, TEST_FIRE);
    expect(world.attempts.running).toHaveLength(1);
    endAll();
    world.clock.advance(29_000);
    offer(lanes, webhook);
    expect([reasons(), world.attempts.running]).toEqual([['breaker_open'], []]);
    world.clock.advance(1_000);
    offer(lanes, webhook);
    expect(world.attempts.running).toHaveLength(1);
  });

  it('is one of four at most that are under way, however many are asked for', () => {
    offer(lanes, webhook, 6, TEST_FIRE);
    expect([world.attempts.running.length, reasons()]).toEqual([4, ['breaker_open', 'breaker_open']]);
  });

  it('that failed is tried again when the others are', () => {
    offer(lanes, webhook, 1, { ...TEST_FIRE, attempt: 2, firstAttemptAtMs: world.clock.now() });
    expect([world.attempts.running, reasons()]).toEqual([[], ['breaker_open']]);
  });
});
