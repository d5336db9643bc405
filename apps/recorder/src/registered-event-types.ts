import { Injectable } from '@nestjs/common';
import { EventTypes } from '@fleethook/events';
import type { ConfigMessage, EventTypeConfig } from '@fleethook/messages';

/** Keeps the event types that organizations registered: without them their direct producers' events could not be told from mistakes. */
@Injectable()
export class RegisteredEventTypes {
  /** By the record's key: a tombstone says nothing but that. */
  readonly #known = new Map<string, EventTypeConfig>();

  constructor(private readonly types: EventTypes) {}

  onChange(key: string, message: ConfigMessage): void {
    if (message.kind !== 'event_type') return;
    this.#known.set(key, message);
    this.types.register(message.organization, message.name, message.schema);
  }

  onRemove(key: string): void {
    const known = this.#known.get(key);
    if (known === undefined) return;
    this.#known.delete(key);
    this.types.unregister(known.organization, known.name);
  }

  onReset(): void {
    this.#known.clear();
    this.types.clear();
  }
}
