import { Injectable } from '@nestjs/common';
import { EventTypes, isPrn } from '@fleethook/events';
import { SubscriptionIndex } from '@fleethook/matching';
import type { ConfigMessage, EventTypeConfig } from '@fleethook/messages';

/** Keeps what routing needs of `webhook.config`: who is subscribed to what, and the event types that organizations registered. */
@Injectable()
export class RoutingConfiguration {
  /** By the record's key: a tombstone says nothing but that. */
  readonly #eventTypes = new Map<string, EventTypeConfig>();

  constructor(
    private readonly subscriptions: SubscriptionIndex,
    private readonly types: EventTypes,
  ) {}

  onChange(key: string, message: ConfigMessage): void {
    if (message.kind === 'webhook') this.subscriptions.set(message);
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

  onReset(): void {
    this.subscriptions.clear();
    this.types.clear();
    this.#eventTypes.clear();
  }
}
