import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { EgressFailure, EgressRequest, EgressResponse, EgressResult } from '@fleethook/egress';
import { deliveryIdOf, newPrn } from '@fleethook/events';
import {
  decodeAttempt,
  decodeDead,
  decodeDelivery,
  sealBasicAuth,
  sealHeaders,
  SecretSealer,
  TOPICS,
  type DeliveryMessage,
  type WebhookConfig,
} from '@fleethook/messages';
import { createLog, createMetrics, Tracing, WideEvents } from '@fleethook/observability';
import { scheduleOf, TIMEOUT_STAGES, type Outcome } from '@fleethook/retry';
import { secretBytes, verifyPeridio, verifyStandardWebhooks } from '@fleethook/signing';
import { DeadLetters } from '../forwarding/dead-letters.js';
import { Forwarder } from '../forwarding/forwarder.js';
import { QueuedDelivery } from '../lanes/queued-delivery.js';
import { Lane } from '../lanes/lane.js';
import { OpenGates } from '../lanes/lane-gate.js';
import { KafkaRetrySink } from '../retry/kafka-retry-sink.js';
import { Tiers } from '../retry/tiers.js';
import { FakeClock } from '../testing/fake-clock.js';
import { FakeProducer } from '../testing/fake-producer.js';
import { deliveryMessage, FakeRecord, ORGANIZATION } from '../testing/fake-record.js';
import { Unsendable } from '../unsendable.js';
import { WebhookDirectory } from '../webhook-directory.js';
import { AttemptFollowUp } from './attempt-follow-up.js';
import { AttemptReporter } from './attempt-reporter.js';
import { AttemptRunner, Egress } from './attempt-runner.js';
import { AttemptTracing } from './attempt-tracing.js';

const log = createLog({ app: 'test', level: 'silent', format: 'json' });
const KEY = Buffer.alloc(32, 3).toString('base64');
const OLD = 'A'.repeat(32);
const NEW = 'B284A51B143841695B2D7BF3B8554731';
const [FIVE_SECONDS, HOUR_MS] = ['webhook.retry.5s', 3_600_000];

class FakeEgress extends Egress {
  readonly requests: EgressRequest[] = [];
  answer: EgressResult | Error = response(200);

  post(request: EgressRequest): Promise<EgressResult> {
    this.requests.push(request);
    return this.answer instanceof Error ? Promise.reject(this.answer) : Promise.resolve(this.answer);
  }
}

const loseIt = (record: FakeRecord): void => {
  record.mayForward = false;
};

function response(status: number, headers: Record<string, string> = {}): EgressResponse {
  return {
    kind: 'response',
    status,
    headers,
    excerpt: 'thanks',
    address: '192.0.2.1',
    latencyMs: 12,
    connectionReused: true,
  };
}

function failure(failure: EgressFailure['failure'], stage: EgressFailure['stage'] = 'connect'): EgressFailure {
  return {
    kind: 'failure',
    failure,
    stage,
    detail: 'words',
    address: undefined,
    latencyMs: 7,
    connectionReused: false,
  };
}

describe('an attempt', () => {
  let clock: FakeClock;
  let producer: FakeProducer;
  let egress: FakeEgress;
  let directory: WebhookDirectory;
  let lines: Record<string, unknown>[];
  let runner: AttemptRunner;
  let webhook: WebhookConfig;
  const sealer = new SecretSealer([KEY]);

  beforeEach(() => {
    clock = new FakeClock();
    producer = new FakeProducer();
    egress = new FakeEgress();
    lines = [];
    for (const level of ['info', 'warn', 'error'] as const)
      jest.spyOn(log, level).mockImplementation(((line: Record<string, unknown>) => void lines.push(line)) as never);
    jest.spyOn(WideEvents.prototype, 'info').mockImplementation((line) => void lines.push(line));
    const metrics = createMetrics();
    const tiers = new Tiers(scheduleOf([5_000, 30_000], HOUR_MS));
    const forwarder = new Forwarder(producer, clock, log);
    const deadLetters = new DeadLetters(forwarder, clock, log, metrics);
    const retries = new KafkaRetrySink(tiers, forwarder, clock, metrics);
    directory = new WebhookDirectory(sealer, log);
    const reporter = new AttemptReporter(forwarder, log, metrics);
    const followUp = new AttemptFollowUp(tiers, retries, deadLetters, reporter, directory, clock);
    const unsendable = new Unsendable(retries, deadLetters, log);
    const tracing = new AttemptTracing(Tracing.off, false);
    runner = new AttemptRunner(directory, egress, followUp, unsendable, { timeoutMs: 10_000 }, clock, tracing, log);
    webhook = configure();
  });

  function configure(changes: Partial<WebhookConfig> = {}): WebhookConfig {
    const prn = changes.prn ?? newPrn(ORGANIZATION, 'webhook');
    const config: WebhookConfig = {
      v: 1,
      kind: 'webhook',
      version: 1,
      prn,
      organization: ORGANIZATION,
      url: 'https://receiver.example/hook',
      enabledEvents: [],
      state: 'enabled',
      secrets: [{ sealed: sealer.seal(secretBytes(NEW), prn) }],
      lanes: 1,
      ...changes,
    };
    directory.onChange(config);
    return config;
  }

  async function run(
    changes: Partial<DeliveryMessage> = {},
    prepare: (record: FakeRecord) => void = () => {},
  ): Promise<{ record: FakeRecord; message: DeliveryMessage; outcome: Outcome | undefined }> {
    const message = deliveryMessage({ webhook: webhook.prn, ...changes });
    const record = new FakeRecord(message, 5);
    prepare(record);
    const delivery = new QueuedDelivery(record, message, new Lane('lane', 0, new OpenGates().create()));
    const outcome = await new Promise<Outcome | undefined>((resolve) => {
      runner.run(delivery, { attemptEnded: (_delivery, ended) => resolve(ended) });
    });
    return { record, message, outcome };
  }

  const attempts = () => producer.to(TOPICS.attempts.name).map(decodeAttempt);
  const dead = () => producer.to(TOPICS.dead.name).map(decodeDead);
  const line = (event: string) => lines.find((each) => each['event'] === event);

  it('that succeeds is recorded and settled, with all a receiver needs to verify it', async () => {
    const { record, message } = await run({ attempt: 3 });
    expect(record.state).toBe('settled');
    const [request] = egress.requests;
    expect(request).toMatchObject({ url: webhook.url, timeoutMs: 10_000 });
    expect(request?.headers).toMatchObject({
      'content-type': 'application/json',
      'peridio-published-at': '2023-11-14T22:13:20Z',
      'webhook-id': message.event,
      'webhook-timestamp': '1700000000',
      'fleethook-attempt': '3',
      'fleethook-event': 'device.connected',
    });
    const { headers = {} } = request ?? {};
    const [keys, options] = [[secretBytes(NEW)], { nowMs: clock.now() }];
    const peridio = { publishedAt: headers['peridio-published-at'], signature: headers['peridio-signature'] };
    expect(verifyPeridio(peridio, message.body, keys, options)).toEqual({ valid: true });
    const standard = {
      id: headers['webhook-id'],
      timestamp: headers['webhook-timestamp'],
      signature: headers['webhook-signature'],
    };
    expect(verifyStandardWebhooks(standard, message.body, keys, options)).toEqual({ valid: true });
    expect(attempts()).toEqual([
      expect.objectContaining({
        attempt: 3,
        event: message.event,
        webhook: webhook.prn,
        outcome: 'delivered',
        status: 200,
        excerpt: 'thanks',
        address: '192.0.2.1',
        latencyMs: 12,
        next: { kind: 'none' },
      }),
    ]);
    expect(producer.topics).toEqual([TOPICS.attempts.name]);
    expect(line('delivery.attempted')).toMatchObject({ outcome: 'delivered', attempt: 3, next: 'none', status: 200 });
  });

  it('that fails waits in its tier, with the attempt recorded beside', async () => {
    egress.answer = response(500);
    clock.nextRandom = 0.5;
    const { record, message } = await run();
    expect(record.state).toBe('settled');
    const [retry] = producer.to(FIVE_SECONDS).map(decodeDelivery);
    expect(retry).toEqual({
      ...message,
      attempt: 2,
      firstAttemptAtMs: clock.now(),
      reason: 'http_status:500',
      jitterMs: 250,
      series: undefined,
      notBeforeMs: undefined,
    });
    expect(attempts()[0]?.next).toEqual({ kind: 'retry', tier: '5s', dueAtMs: clock.now() + 5_250 });
    expect(line('delivery.attempted')).toMatchObject({ next: 'retry', tier: '5s', due_in_ms: 5_250 });
  });

  it('tells its whole story in one line', async () => {
    egress.answer = failure('timeout', 'headers');
    clock.nextRandom = 0.5;
    const { message } = await run({
      attempt: 2,
      acceptedAtMs: clock.now() - 7_000,
      firstAttemptAtMs: clock.now() - 6_000,
    });
    expect(lines).toEqual([
      {
        event: 'delivery.attempted',
        webhook: webhook.prn,
        delivery: deliveryIdOf(message.event, webhook.prn),
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
    egress.answer = answer;
    const { record } = await run();
    expect(record.state).toBe('settled');
    expect(attempts()).toEqual([
      expect.objectContaining({ outcome, next: expect.objectContaining({ kind: 'retry' }) }),
    ]);
    expect(attempts()[0]?.stage).toBe(stage);
    expect(producer.to(FIVE_SECONDS)).toHaveLength(1);
  });

  it('keeps to Retry-After of 429 and 503 only', async () => {
    egress.answer = response(429, { 'retry-after': '60' });
    await run();
    const [waits] = producer.to('webhook.retry.30s').map(decodeDelivery);
    expect(waits).toMatchObject({ attempt: 2, notBeforeMs: clock.now() + 60_000 });
    egress.answer = response(404, { 'retry-after': '60' });
    await run();
    expect(producer.to(FIVE_SECONDS)).toHaveLength(1);
  });

  it('that fails at the horizon is dead, whole', async () => {
    egress.answer = response(500);
    const firstAttemptAtMs = clock.now() - HOUR_MS;
    const { record, message } = await run({ attempt: 9, firstAttemptAtMs });
    expect(record.state).toBe('settled');
    expect(dead()).toEqual([
      expect.objectContaining({
        kind: 'delivery',
        deadReason: 'horizon_reached',
        delivery: expect.objectContaining({ event: message.event, attempt: 9, reason: 'http_status:500' }),
      }),
    ]);
    expect(attempts()[0]?.next).toEqual({ kind: 'dead', reason: 'horizon_reached' });
  });

  it('that meets 410 is dead, and so is what comes after it, until the webhook is configured anew', async () => {
    egress.answer = response(410);
    await run();
    expect(attempts()[0]).toMatchObject({ outcome: 'gone', next: { kind: 'dead', reason: 'gone' } });
    await run();
    expect(egress.requests).toHaveLength(1);
    expect(dead().map(({ deadReason }) => deadReason)).toEqual(['gone', 'gone']);
    configure({ prn: webhook.prn, version: 1 });
    await run();
    expect(egress.requests).toHaveLength(1);
    egress.answer = response(200);
    configure({ prn: webhook.prn, version: 2 });
    await run();
    expect(egress.requests).toHaveLength(2);
  });

  it('reports only a success once the record may belong to another', async () => {
    const delivered = await run({}, loseIt);
    expect(delivered.record.state).toBe('settled');
    egress.answer = response(500);
    const failed = await run({}, loseIt);
    expect(failed.record.state).toBe('abandoned');
    expect(failed.outcome).toEqual({ kind: 'http_status', status: 500 });
    expect(producer.topics).toEqual([TOPICS.attempts.name]);
  });

  it('does not begin what belongs to another', async () => {
    const { outcome } = await run({}, (record) => void (record.mayBegin = false));
    expect(outcome).toBeUndefined();
    expect([egress.requests, producer.written]).toEqual([[], []]);
  });

  it('survives a producer that fails and recovers, and settles then', async () => {
    producer.refuses.set('*', 'KAFKA_UNAVAILABLE');
    egress.answer = response(500);
    const { record } = await run();
    clock.advance(60_000);
    expect(record.state).toBe('begun');
    producer.refuses.clear();
    clock.advance(5_000);
    expect(record.state).toBe('settled');
    expect(producer.topics.toSorted()).toEqual([TOPICS.attempts.name, FIVE_SECONDS].toSorted());
  });

  it('signs with every live secret, oldest first, and drops the expired ones when it signs', async () => {
    const prn = newPrn(ORGANIZATION, 'webhook');
    webhook = configure({
      prn,
      secrets: [
        { sealed: sealer.seal(secretBytes(OLD), prn), expiresAtMs: clock.now() + 1_000 },
        { sealed: sealer.seal(secretBytes(NEW), prn) },
      ],
    });
    await run();
    clock.advance(1_000);
    await run();
    const signatures = egress.requests.map(({ headers }) => headers['peridio-signature']?.split(',').length);
    expect(signatures).toEqual([2, 1]);
  });

  it('is put off, loudly, when no key opens the secret, and made when one does', async () => {
    const prn = newPrn(ORGANIZATION, 'webhook');
    webhook = configure({ prn, secrets: [{ sealed: '1.00000000.AAAA' }] });
    const { record } = await run({ attempt: 2 });
    await run({ attempt: 2 });
    expect([record.state, egress.requests.length]).toEqual(['settled', 0]);
    expect(producer.to('webhook.retry.30s').map(decodeDelivery)[0]).toMatchObject({
      attempt: 2,
      reason: 'secret_unreadable',
    });
    expect(lines.filter((each) => each['event'] === 'webhook.secret_unreadable')).toHaveLength(1);
    configure({ prn, version: 2 });
    await run({ attempt: 2 });
    expect(egress.requests).toHaveLength(1);
  });

  it('for a webhook that is deleted or disabled is not made', async () => {
    configure({ prn: webhook.prn, version: 2, state: 'disabled' });
    await run();
    directory.onRemove(webhook.prn);
    await run();
    expect(dead().map(({ deadReason }) => deadReason)).toEqual(['webhook_disabled', 'webhook_deleted']);
    expect(egress.requests).toEqual([]);
  });

  it('for an unknown webhook waits once for its configuration, then is dead', async () => {
    directory.onReset();
    await run();
    const [waits] = producer.to(FIVE_SECONDS).map(decodeDelivery);
    expect(waits).toMatchObject({ attempt: 1, reason: 'webhook_unknown' });
    await run({ reason: waits?.reason });
    expect(dead().map(({ deadReason }) => deadReason)).toEqual(['webhook_deleted']);
  });

  it('that we could not even send is tried again', async () => {
    egress.answer = new Error('a header that HTTP does not allow');
    const { record, outcome } = await run();
    expect([record.state, outcome?.kind]).toEqual(['settled', 'protocol']);
    expect(line('delivery.not_sent')).toBeDefined();
  });

  it('carries what the webhook’s owner adds, never in place of ours', async () => {
    const prn = newPrn(ORGANIZATION, 'webhook');
    webhook = configure({
      prn,
      sealedHeaders: sealHeaders(sealer, { 'x-tenant': 'acme', 'webhook-id': 'forged' }, prn),
      sealedBasicAuth: sealBasicAuth(sealer, { username: 'u', password: 'p' }, prn),
    });
    const { message } = await run();
    expect(egress.requests[0]?.headers).toMatchObject({
      'x-tenant': 'acme',
      authorization: 'Basic dTpw',
      'webhook-id': message.event,
    });
  });

  it('is put off when what its owner adds cannot be opened: without a token it would only be refused', async () => {
    webhook = configure({ sealedBasicAuth: '1.00000000.AAAA' });
    await run();
    expect(egress.requests).toEqual([]);
    expect(producer.to('webhook.retry.30s').map(decodeDelivery)[0]).toMatchObject({ reason: 'secret_unreadable' });
  });

  it('takes the webhook’s own time limit', async () => {
    webhook = configure({ timeoutMs: 1_500 });
    await run();
    expect(egress.requests[0]?.timeoutMs).toBe(1_500);
  });
});
