import { setTimeout as sleep } from 'node:timers/promises';
import { Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { ApiSettings } from '@fleethook/config';
import { SecretSealer } from '@fleethook/messages';
import { NestLog, ObservabilityModule, type Log, type Metrics } from '@fleethook/observability';
import { Database, Outbox, Resealing, StoreModule, type ResealResult } from '@fleethook/store';

export interface ResealOutcome extends ResealResult {
  /** Changes that Kafka does not have yet: while there are any, the data plane may hold what the old key sealed. */
  readonly waiting: number;
}

@Module({})
class ResealModule {
  static for(settings: ApiSettings, observed: { log: Log; metrics: Metrics }): DynamicModule {
    return {
      module: ResealModule,
      imports: [
        ObservabilityModule.for(observed),
        StoreModule.for({ databaseUrl: settings.databaseUrl, poolSize: 2, applicationName: 'fleethook-reseal' }),
      ],
    };
  }
}

const POLL_INTERVAL_MS = 200;

/**
 * Seals everything with the first of `SECRETS_KEY`, and waits until the Admin API has relayed it.
 * @param waitMs for the relay, at most
 * @throws StoreError
 */
export async function resealSecrets(
  settings: ApiSettings,
  observed: { log: Log; metrics: Metrics },
  waitMs: number,
): Promise<ResealOutcome> {
  const app = await NestFactory.createApplicationContext(ResealModule.for(settings, observed), {
    logger: new NestLog(observed.log),
    abortOnError: false,
  });
  try {
    await app.get(Database).start();
    const result = await app.get(Resealing).run(new SecretSealer(settings.secretsKeys));
    return { ...result, waiting: await relayed(app.get(Outbox), waitMs) };
  } finally {
    await app.close();
  }
}

async function relayed(outbox: Outbox, waitMs: number): Promise<number> {
  const deadlineMs = performance.now() + waitMs;
  for (;;) {
    const waiting = await outbox.count();
    if (waiting === 0 || performance.now() >= deadlineMs) return waiting;
    await sleep(POLL_INTERVAL_MS);
  }
}
