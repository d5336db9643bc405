import type { AppName, StandaloneSettings } from '@fleethook/config';

/** In the order in which they are stopped: whoever takes in ends before whoever passes on. */
export const APPS_IN_STOP_ORDER = ['ingest', 'router', 'delivery', 'recorder', 'api'] as const satisfies AppName[];

export const PORT_VARIABLE: Readonly<Record<AppName, string>> = {
  ingest: 'INGEST_PORT',
  router: 'ROUTER_PORT',
  delivery: 'DELIVERY_PORT',
  recorder: 'RECORDER_PORT',
  api: 'API_PORT',
};

export function portOf(app: AppName, settings: StandaloneSettings): number {
  return {
    ingest: settings.ingestPort,
    router: settings.routerPort,
    delivery: settings.deliveryPort,
    recorder: settings.recorderPort,
    api: settings.apiPort,
  }[app];
}

/**
 * How long each waits for what is in flight when it stops. All of it has to end within 30 s, and an attempt that is under way
 * takes 10 s at most by default.
 */
export const DRAIN_MS: Readonly<Record<AppName, number>> = {
  ingest: 3_000,
  router: 3_000,
  delivery: 12_000,
  recorder: 3_000,
  api: 3_000,
};
