import { Inject, Injectable } from '@nestjs/common';
import { EventTypes, isPrn } from '@fleethook/events';
import { deferredFilter, SubscriptionIndex, type EventPredicate } from '@fleethook/matching';
import type { ConfigMessage, EventTypeConfig, WebhookConfig } from '@fleethook/messages';
import { LOG, METRICS, type Log, type Metrics } from '@fleethook/observability';

/** Keeps what routing needs of `webhook.config`: who is subscribed to what, and the event types that organizations registered. */
@Injectable()
export class RoutingConfiguration {
  /** By the record's key: a tombstone says nothing but that. */
  readonly #eventTypes = new Map<string, EventTypeConfig>();

  constructor(
    private readonly subscriptions: SubscriptionIndex,
    private readonly types: EventTypes,
    @Inject(LOG) private readonly log: Log,
    @Inject(METRICS) private readonly metrics: Metrics,
  ) {}

  onChange(key: string, message: ConfigMessage): void {
    if (message.kind === 'webhook') this.#subscribe(message);
    else if (message.kind === 'event_type') {
      this.#eventTypes.set(key, message);
      this.types.register(message.organization, message.name, message.schema);
    }
  }

  onRemove(key: string): void {
    if (isPrn(key, 'webhook')) {
      this.subscriptions.delete(key);
      return;
    }
    const known = this.#eventTypes.get(key);
    if (known === undefined) return;
    this.#eventTypes.delete(key);
    this.types.unregister(known.organization, known.name);
  }

  #subscribe(webhook: WebhookConfig): void {
    const { prn, organization, enabledEvents, state, lanes } = webhook;
    this.subscriptions.set({ prn, organization, enabledEvents, state, lanes, wants: this.#wantsOf(webhook) });
  }

  #wantsOf({ prn, version, filter }: WebhookConfig): EventPredicate | undefined {
    if (filter === undefined) return undefined;
    return deferredFilter(filter, (faults) => {
      this.metrics.configUnreadable.inc();
      this.log.error(
        { event: 'webhook.filter_unreadable', webhook: prn, version, faults },
        'a filter cannot be read: its webhook gets every event that it named',
      );
    });
  }

  onReset(): void {
    this.subscriptions.clear();
    this.types.clear();
    this.#eventTypes.clear();
  }
}
