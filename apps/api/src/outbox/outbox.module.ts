import { Module, type DynamicModule } from '@nestjs/common';
import type { ApiSettings } from '@fleethook/config';
import { EventRelay } from './event.relay.js';
import { OUTBOX_RELAY_OPTIONS, OutboxRelay, type OutboxRelayOptions } from './outbox.relay.js';
import { OutboxSweep } from './outbox.sweep.js';

const POLL_INTERVAL_MS = 2_000;
const SWEEP_INTERVAL_MS = 180_000;

@Module({})
export class OutboxModule {
  static for(settings: Pick<ApiSettings, 'databaseUrl'>): DynamicModule {
    const options: OutboxRelayOptions = {
      databaseUrl: settings.databaseUrl,
      pollIntervalMs: POLL_INTERVAL_MS,
      sweepIntervalMs: SWEEP_INTERVAL_MS,
    };
    return {
      module: OutboxModule,
      providers: [{ provide: OUTBOX_RELAY_OPTIONS, useValue: options }, OutboxSweep, EventRelay, OutboxRelay],
      exports: [OutboxRelay],
    };
  }
}
