import { setTimeout as sleep } from 'node:timers/promises';
import { Controller, Inject, type BeforeApplicationShutdown } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { KafkaBatch, KafkaRecord } from '@fleethook/kafka';
import { decodeAttempt, MessageError, TOPICS } from '@fleethook/messages';
import { LOG, METRICS, type Log, type Metrics } from '@fleethook/observability';
import { StoreError, WebhookQueries } from '@fleethook/store';

export const GONE_ENDPOINTS = Symbol('api: endpoints that are gone');

const GONE = Buffer.from('"outcome":"gone"');
const RETRY_AFTER_MS = 1_000;

/**
 * Disables a webhook whose endpoint answered 410: `gone` is final. Repeats change nothing, nor do attempts that were made of what
 * the webhook was before it was last enabled or its URL verified.
 * What is not yet written stays unsettled in the window, so nothing is forgotten while PostgreSQL is away.
 */
@Controller()
export class GoneEndpointsConsumer implements BeforeApplicationShutdown {
  readonly #stopping = new AbortController();
  #tail: Promise<void> = Promise.resolve();

  constructor(
    private readonly webhooks: WebhookQueries,
    @Inject(LOG) private readonly log: Log,
    @Inject(METRICS) private readonly metrics: Metrics,
  ) {}

  @EventPattern(TOPICS.attempts.name, GONE_ENDPOINTS)
  onBatch(@Payload() batch: KafkaBatch): void {
    for (const record of batch.records) {
      if (!record.begin()) continue;
      // Nearly all are something else, and not worth parsing.
      if (record.value === null || !record.value.includes(GONE)) record.settle();
      else this.#tail = this.#tail.then(() => this.#settleGone(record));
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping.abort();
    await this.#tail;
  }

  async #settleGone(record: KafkaRecord): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#disable(record);
        record.settle();
        return;
      } catch (error) {
        if (error instanceof MessageError || (error instanceof StoreError && error.code !== 'DATABASE_UNAVAILABLE')) {
          this.log.error(
            { event: 'webhook.gone_unreadable', offset: record.offset, error },
            'An attempt was passed over',
          );
          record.settle();
          return;
        }
        this.log.warn({ event: 'webhook.gone_waiting', error }, 'A webhook that is gone waits to be disabled');
        await sleep(RETRY_AFTER_MS, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      }
    }
    record.abandon();
  }

  async #disable(record: KafkaRecord): Promise<void> {
    const attempt = decodeAttempt(record);
    if (attempt.outcome !== 'gone') return;
    const { delivery, outcome, status } = attempt;
    const cause = {
      by: 'gone',
      asOf: new Date(attempt.startedAtMs),
      asOfVersion: attempt.configVersion,
      details: { delivery, outcome, status },
    } as const;
    if (!(await this.webhooks.disable(attempt.webhook, cause, new Date()))) return;
    this.metrics.webhooksDisabled.inc({ by: 'gone' });
    this.log.warn({ event: 'webhook.disabled', webhook: attempt.webhook, by: 'gone' }, 'Its endpoint answered 410');
  }
}
