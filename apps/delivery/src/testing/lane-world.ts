import type { KafkaRecord, OutgoingRecord } from '@fleethook/kafka';
import { SecretSealer, type DeliveryMessage, type WebhookConfig } from '@fleethook/messages';
import { createMetrics } from '@fleethook/observability';
import type { Outcome } from '@fleethook/retry';
import { LaneAdmission } from '../lanes/lane-admission.js';
import { OpenGates, type LaneGates } from '../lanes/lane-gate.js';
import { AttemptPort, type SlotOwner } from '../lanes/attempt-port.js';
import { LaneRegistry } from '../lanes/lane-registry.js';
import type { LaneDelivery } from '../lanes/lane.js';
import { RetrySink, type DeferralReason } from '../retry/retry-sink.js';
import { Webhook } from '../webhook.js';
import { FakeClock } from './fake-clock.js';
import { deliveryMessage, FakeRecord } from './fake-record.js';
import { webhookConfig } from './webhook-config.js';

const SEALER = new SecretSealer([Buffer.alloc(32, 1).toString('base64')]);
export const DELIVERED: Outcome = { kind: 'delivered', status: 200 };
/** When a delivery began whose horizon is over. */
export const LONG_AGO_MS = 2;
/** And one that has had its last chance as well. */
export const LONGER_AGO_MS = 1;

/** Attempts that last until a spec ends them. */
export class FakeAttempts extends AttemptPort {
  readonly running: { delivery: LaneDelivery; slot: SlotOwner }[] = [];
  started = 0;
  outcome: Outcome = DELIVERED;

  run(delivery: LaneDelivery, slot: SlotOwner): void {
    this.started++;
    this.running.push({ delivery, slot });
  }

  end(index = 0, latencyMs = 10): void {
    const [ended] = this.running.splice(index, 1);
    ended?.slot.attemptEnded(ended.delivery, this.outcome, latencyMs);
  }

  get webhooks(): string[] {
    return this.running.map(({ delivery }) => delivery.message.webhook);
  }

  of({ prn }: Webhook): number {
    return this.webhooks.filter((webhook) => webhook === prn).length;
  }
}

export class FakeRetrySink extends RetrySink {
  readonly deferred: { message: DeliveryMessage; reason: DeferralReason; waitMs: number }[] = [];

  retryOf(): OutgoingRecord {
    throw new Error('nothing failed');
  }

  defer(_record: KafkaRecord, message: DeliveryMessage, reason: DeferralReason, waitMs: number): void {
    this.deferred.push({ message, reason, waitMs });
  }

  postpone = this.defer.bind(this);
  readonly ended: DeliveryMessage[] = [];
  end = (_record: KafkaRecord, message: DeliveryMessage): void => void this.ended.push(message);
  isFinal = ({ firstAttemptAtMs, sinceMs }: DeliveryMessage): boolean =>
    [LONG_AGO_MS, LONGER_AGO_MS].includes(firstAttemptAtMs ?? sinceMs ?? 0);
  isOver = ({ sinceMs }: DeliveryMessage): boolean => sinceMs === LONGER_AGO_MS;
}

export interface LaneWorldLimits {
  readonly process?: number;
  readonly webhook?: number;
  readonly window?: number;
  readonly inFlightBytes?: number;
  readonly origin?: number;
}

/** A registry of lanes between what comes and what is attempted, both in a spec's hands. */
export class LaneWorld {
  readonly clock = new FakeClock();
  readonly attempts = new FakeAttempts();
  readonly sink = new FakeRetrySink();
  readonly load = { isSaturated: false, sample: (): void => {} };
  readonly metrics = createMetrics();
  /** The newest settings of a webhook that were not offered with a delivery yet, by PRN. */
  readonly changed = new Map<string, Webhook>();

  registry(limits: LaneWorldLimits = {}, gates: LaneGates = new OpenGates()): LaneRegistry {
    return new LaneRegistry(
      this.attempts,
      this.sink,
      gates,
      new LaneAdmission({ maxRecords: limits.window ?? 1_000, maxBytes: 1_000_000 }, this.load),
      {
        processConcurrency: limits.process ?? 100,
        webhookConcurrency: limits.webhook ?? 20,
        maxInFlightBytes: limits.inFlightBytes ?? 1_000_000,
        originConcurrency: limits.origin ?? 1_000,
      },
      { find: (prn) => this.changed.get(prn) ?? 'webhook_unknown' },
      this.clock,
      this.metrics,
    );
  }
}

export const webhookOf = (changes: Partial<WebhookConfig> = {}): Webhook =>
  new Webhook(webhookConfig(changes), SEALER, () => {});

export function offer(
  lanes: LaneRegistry,
  to: Webhook,
  count = 1,
  changes: Partial<DeliveryMessage> = {},
  partition = 0,
): void {
  for (let index = 0; index < count; index++) {
    const message = deliveryMessage({ webhook: to.prn, ...changes });
    lanes.offer(new FakeRecord(message, index, undefined, undefined, partition), message, to);
  }
}
