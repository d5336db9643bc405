import type { Admin, Consumer, Producer, RequestEvent } from 'kafkajs';
import type { Metrics } from '@fleethook/observability';

/** The three kinds name their events apart, and `on` is overloaded for each name. */
type Listen = (event: string, listener: (event: never) => void) => unknown;

/** Counts what a client asks of the brokers. */
export function observeRequests(client: Admin | Consumer | Producer, metrics: Metrics): void {
  const { REQUEST, REQUEST_TIMEOUT } = client.events;
  metrics.kafkaRequestTimeouts.inc(0);
  const on = client.on.bind(client) as Listen;
  on(REQUEST, ({ payload }: RequestEvent) => {
    metrics.kafkaRequestDuration.observe({ api: payload.apiName }, payload.duration / 1_000);
  });
  on(REQUEST_TIMEOUT, () => {
    metrics.kafkaRequestTimeouts.inc();
  });
}
