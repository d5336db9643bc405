import { beforeEach, describe, expect, it } from '@jest/globals';
import type { EgressResult } from '@fleethook/egress';
import { deliveryIdOf } from '@fleethook/events';
import { decodeDelivery, TOPICS } from '@fleethook/messages';
import { TIMEOUT_STAGES } from '@fleethook/retry';
import { secretBytes, verifyPeridio, verifyStandardWebhooks } from '@fleethook/signing';
import { AttemptWorld, failure, HORIZON_MS, response, SECRET } from '../testing/attempt-world.js';
import type { FakeRecord } from '../testing/fake-record.js';

const FIVE_SECONDS = 'webhook.retry.5s';

const loseIt = (record: FakeRecord): void => {
  record.mayForward = false;
};

const doubtIt = (record: FakeRecord): void => {
  record.isSure = false;
};

describe('an attempt', () => {
  let here: AttemptWorld;

  beforeEach(() => {
    here = new AttemptWorld();
  });

  it('that succeeds is recorded and settled, with all a receiver needs to verify it', async () => {
    const { record, message } = await here.run({ attempt: 3 });
    expect(record.state).toBe('settled');
    const [request] = here.egress.requests;
    expect(request).toMatchObject({ url: here.webhook.url, timeoutMs: 10_000 });
    expect(request?.headers).toMatchObject({
      'content-type': 'application/json',
      'peridio-published-at': '2023-11-14T22:13:20Z',
      'webhook-id': message.event,
      'webhook-timestamp': '1700000000',
      'fleethook-attempt': '3',
      'fleethook-event': 'device.connected',
    });
    const { headers = {} } = request ?? {};
    const [keys, options] = [[secretBytes(SECRET)], { nowMs: here.clock.now() }];
    const peridio = { publishedAt: headers['peridio-published-at'], signature: headers['peridio-signature'] };
    expect(verifyPeridio(peridio, message.body, keys, options)).toEqual({ valid: true });
    const standard = {
      id: headers['webhook-id'],
      timestamp: headers['webhook-timestamp'],
      signature: headers['webhook-signature'],
    };
    expect(verifyStandardWebhooks(standard, message.body, keys, options)).toEqual({ valid: true });
    expect(here.attempts()).toEqual([
      expect.objectContaining({
        attempt: 3,
        event: message.event,
        webhook: here.webhook.prn,
        configVersion: here.webhook.version,
        outcome: 'delivered',
        status: 200,
        excerpt: 'thanks',
        address: '192.0.2.1',
        latencyMs: 12,
        next: { kind: 'none' },
      }),
    ]);
    expect(here.producer.topics).toEqual([TOPICS.attempts.name]);
    expect(here.line('delivery.attempted')).toMatchObject({
      outcome: 'delivered',
      attempt: 3,
      next: 'none',
      status: 200,
    });
  });

  it('that fails waits in its tier, with the attempt recorded beside', async () => {
    here.egress.answer = response(500);
    here.clock.nextRandom = 0.5;
    const { record, message } = await here.run();
    expect(record.state).toBe('settled');
    const [retry] = here.producer.to(FIVE_SECONDS).map(decodeDelivery);
    expect(retry).toEqual({
      ...message,
      attempt: 2,
      firstAttemptAtMs: here.clock.now(),
      reason: 'http_status:500',
      jitterMs: 250,
      series: undefined,
      notBeforeMs: undefined,
    });
    expect(here.attempts()[0]?.next).toEqual({ kind: 'retry', tier: '5s', dueAtMs: here.clock.now() + 5_250 });
    expect(here.line('delivery.attempted')).toMatchObject({ next: 'retry', tier: '5s', due_in_ms: 5_250 });
  });

  it('tells its whole story in one line', async () => {
    here.egress.answer = failure('timeout', 'headers');
    here.clock.nextRandom = 0.5;
    const { message } = await here.run({
      attempt: 2,
      acceptedAtMs: here.clock.now() - 7_000,
      firstAttemptAtMs: here.clock.now() - 6_000,
    });
    expect(here.lines).toEqual([
      {
        event: 'delivery.attempted',
        webhook: here.webhook.prn,
        delivery: deliveryIdOf(message.event, here.webhook.prn),
        event_prn: message.event,
        event_name: 'device.connected',
        attempt: 2,
        outcome: 'timeout',
        stage: 'headers',
        detail: 'words',
        latency_ms: 7,
        age_ms: 7_000,
        connection_reused: false,
        next: 'retry',
        tier: '30s',
        due_in_ms: 31_500,
      },
    ]);
  });

  it.each<[string, EgressResult, string, string | undefined]>([
    ['a redirect', response(302), 'redirect', undefined],
    ['401', response(401), 'http_status', undefined],
    ...TIMEOUT_STAGES.map((stage): [string, EgressResult, string, string] => [
      `a timeout in ${stage}`,
      failure('timeout', stage),
      'timeout',
      stage,
    ]),
    ['no such name', failure('dns', 'dns'), 'dns', undefined],
    ['a refused connection', failure('connection_refused'), 'connection_refused', undefined],
    ['a reset connection', failure('connection_reset', 'headers'), 'connection_reset', undefined],
    ['a bad certificate', failure('tls', 'tls'), 'tls', undefined],
    ['a blocked address', failure('address_blocked', 'dns'), 'address_blocked', undefined],
    ['no HTTP', failure('protocol', 'headers'), 'protocol', undefined],
  ])('that meets %s is tried again', async (_what, answer, outcome, stage) => {
    here.egress.answer = answer;
    const { record } = await here.run();
    expect(record.state).toBe('settled');
    expect(here.attempts()).toEqual([
      expect.objectContaining({ outcome, next: expect.objectContaining({ kind: 'retry' }) }),
    ]);
    expect(here.attempts()[0]?.stage).toBe(stage);
    expect(here.producer.to(FIVE_SECONDS)).toHaveLength(1);
  });

  it('keeps to Retry-After of 429 and 503 only', async () => {
    here.egress.answer = response(429, { 'retry-after': '60' });
    await here.run();
    const [waits] = here.producer.to('webhook.retry.30s').map(decodeDelivery);
    expect(waits).toMatchObject({ attempt: 2, notBeforeMs: here.clock.now() + 60_000 });
    here.egress.answer = response(404, { 'retry-after': '60' });
    await here.run();
    expect(here.producer.to(FIVE_SECONDS)).toHaveLength(1);
  });

  it('that fails at the horizon is dead, whole', async () => {
    here.egress.answer = response(500);
    const firstAttemptAtMs = here.clock.now() - HORIZON_MS;
    const { record, message } = await here.run({ attempt: 9, firstAttemptAtMs });
    expect(record.state).toBe('settled');
    expect(here.dead()).toEqual([
      expect.objectContaining({
        kind: 'delivery',
        deadReason: 'horizon_reached',
        delivery: expect.objectContaining({ event: message.event, attempt: 9, reason: 'http_status:500' }),
      }),
    ]);
    expect(here.attempts()[0]?.next).toEqual({ kind: 'dead', reason: 'horizon_reached' });
  });

  it('that meets 410 is dead, and so is what comes after it, until the webhook is configured anew', async () => {
    here.egress.answer = response(410);
    await here.run();
    expect(here.attempts()[0]).toMatchObject({ outcome: 'gone', next: { kind: 'dead', reason: 'gone' } });
    await here.run();
    expect(here.egress.requests).toHaveLength(1);
    expect(here.dead().map(({ deadReason }) => deadReason)).toEqual(['gone', 'gone']);
    here.configure({ prn: here.webhook.prn, version: 1 });
    await here.run();
    expect(here.egress.requests).toHaveLength(1);
    here.egress.answer = response(200);
    here.configure({ prn: here.webhook.prn, version: 2 });
    await here.run();
    expect(here.egress.requests).toHaveLength(2);
  });

  it.each([
    ['of the URL of before', { url: 'https://receiver.example/new', verifiedVersion: 2 }],
    ['of the time before it was verified again', { verifiedVersion: 2 }],
  ])('that meets 410 %s is tried again', async (_what, change) => {
    const { prn } = here.webhook;
    here.egress.whileSent = () => void here.configure({ prn, version: 2, ...change });
    here.egress.answer = response(410);
    await here.run();
    expect(here.attempts()[0]).toMatchObject({ outcome: 'http_status', status: 410, next: { kind: 'retry' } });
    here.egress.answer = response(200);
    const { outcome } = await here.run({ attempt: 2 });
    expect(outcome?.kind).toBe('delivered');
    expect(here.dead()).toEqual([]);
  });

  it('reports only a success once the record may belong to another', async () => {
    const delivered = await here.run({}, loseIt);
    expect(delivered.record.state).toBe('settled');
    here.egress.answer = response(500);
    const failed = await here.run({}, loseIt);
    expect(failed.record.state).toBe('abandoned');
    expect(failed.outcome).toEqual({ kind: 'http_status', status: 500 });
    expect(here.producer.topics).toEqual([TOPICS.attempts.name]);
  });

  it('that fails while nobody knows whose it is frees its slot, and is told of once somebody does', async () => {
    here.egress.answer = response(500);
    const [kept, lost] = [await here.run({}, doubtIt), await here.run({}, doubtIt)];
    expect([kept.outcome, lost.outcome]).toEqual([kept.outcome, { kind: 'http_status', status: 500 }]);
    expect([here.line('delivery.attempted'), here.producer.topics]).toEqual([undefined, []]);
    lost.record.beSure(false);
    expect([lost.record.state, here.producer.topics]).toEqual(['abandoned', []]);
    expect(here.line('delivery.attempted')).toMatchObject({ outcome: 'http_status', next: 'none' });
    kept.record.beSure(true);
    expect([kept.record.state, here.producer.topics]).toEqual(['settled', [FIVE_SECONDS, TOPICS.attempts.name]]);
  });

  it('does not begin what belongs to another', async () => {
    const { outcome } = await here.run({}, (record) => void (record.mayBegin = false));
    expect(outcome).toBeUndefined();
    expect([here.egress.requests, here.producer.written]).toEqual([[], []]);
  });

  it('survives a producer that fails and recovers, and settles then', async () => {
    here.producer.refuses.set('*', 'KAFKA_UNAVAILABLE');
    here.egress.answer = response(500);
    const { record } = await here.run();
    here.clock.advance(60_000);
    expect(record.state).toBe('begun');
    here.producer.refuses.clear();
    here.clock.advance(5_000);
    expect(record.state).toBe('settled');
    expect(here.producer.topics.toSorted()).toEqual([TOPICS.attempts.name, FIVE_SECONDS].toSorted());
  });

  it('for a webhook that is deleted or disabled is not made', async () => {
    here.configure({ prn: here.webhook.prn, version: 2, state: 'disabled' });
    await here.run({ reason: 'webhook_disabled' });
    here.directory.onRemove(here.webhook.prn);
    await here.run();
    expect(here.dead().map(({ deadReason }) => deadReason)).toEqual(['webhook_disabled', 'webhook_deleted']);
    expect(here.egress.requests).toEqual([]);
  });

  it('for a webhook that is disabled, as far as we know, waits once: its enabling may be on its way', async () => {
    here.configure({ prn: here.webhook.prn, version: 2, state: 'disabled' });
    await here.run({ attempt: 2, reason: 'http_status:500' });
    const [waits] = here.producer.to(FIVE_SECONDS).map(decodeDelivery);
    expect(waits).toMatchObject({ attempt: 2, reason: 'webhook_disabled' });
    expect(here.dead()).toEqual([]);
    here.configure({ prn: here.webhook.prn, version: 3 });
    const { outcome } = await here.run({ attempt: 2, reason: waits?.reason });
    expect(outcome?.kind).toBe('delivered');
  });

  it('for an unknown webhook waits once for its configuration, then is dead', async () => {
    here.directory.onReset();
    await here.run();
    const [waits] = here.producer.to(FIVE_SECONDS).map(decodeDelivery);
    expect(waits).toMatchObject({ attempt: 1, reason: 'webhook_unknown' });
    await here.run({ reason: waits?.reason });
    expect(here.dead().map(({ deadReason }) => deadReason)).toEqual(['webhook_deleted']);
  });

  it.each(['webhook_disabled', 'webhook_unknown'] as const)(
    'for a webhook that is %s waits on while the configuration is not followed: what we know may be old',
    async (reason) => {
      if (reason === 'webhook_unknown') here.directory.onReset();
      else here.configure({ prn: here.webhook.prn, version: 2, state: 'disabled' });
      here.configuration.isFollowing = false;
      await here.run({ reason });
      expect(here.producer.to(FIVE_SECONDS).map((record) => decodeDelivery(record).reason)).toEqual([reason]);
      expect(here.dead()).toEqual([]);
      here.configuration.isFollowing = true;
      await here.run({ reason });
      expect(here.dead()).toHaveLength(1);
    },
  );

  it('that we could not even send is tried again', async () => {
    here.egress.answer = new Error('a header that HTTP does not allow');
    const { record, outcome } = await here.run();
    expect([record.state, outcome?.kind]).toEqual(['settled', 'protocol']);
    expect(here.line('delivery.not_sent')).toBeDefined();
  });
});
