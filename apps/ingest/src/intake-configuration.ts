import { Injectable } from '@nestjs/common';
import { EventTypes, isPrn } from '@fleethook/events';
import type { ConfigMessage, EventTypeConfig } from '@fleethook/messages';
import { ApiKeyDirectory } from './auth/api-key-directory.js';

/** Keeps what intake needs of `webhook.config`: API keys, and the event types that organizations registered. */
@Injectable()
export class IntakeConfiguration {
  /** By the record's key: a tombstone says nothing but that. */
  readonly #eventTypes = new Map<string, EventTypeConfig>();
  #loaded = false;

  constructor(
    private readonly keys: ApiKeyDirectory,
    private readonly types: EventTypes,
  ) {}

  onChange(key: string, message: ConfigMessage): void {
    if (message.kind === 'api_key') this.keys.set(message);
    else if (message.kind === 'event_type') {
      this.#eventTypes.set(key, message);
      this.types.register(message.organization, message.name, message.schema);
    }
  }

  onRemove(key: string): void {
    if (isPrn(key, 'api_key')) this.keys.delete(key);
    const type = this.#eventTypes.get(key);
    if (type === undefined) return;
    this.#eventTypes.delete(key);
    this.types.unregister(type.organization, type.name);
  }

  onReset(): void {
    this.keys.clear();
    this.types.clear();
    this.#eventTypes.clear();
  }

  /** All that was there at start has been applied. */
  onLoaded(): void {
    this.#loaded = true;
  }

  get isLoaded(): boolean {
    return this.#loaded;
  }
}
