import { queryOptions } from '@tanstack/react-query';
import { send } from './client.js';

export type Period = '1h' | '24h' | '7d' | '30d';

export interface Overview {
  readonly period: Period;
  readonly bucket_seconds: number;
  readonly generated_at: string;
  readonly totals: {
    readonly events: number;
    readonly deliveries: number;
    readonly succeeded: number;
    readonly failed: number;
    readonly dead: number;
    readonly success_ratio: number | null;
  };
  readonly buckets: readonly {
    readonly start: string;
    readonly events: number;
    readonly succeeded: number;
    readonly failed: number;
  }[];
  readonly webhooks: { readonly enabled: number; readonly disabled: number; readonly failing: number };
}

export interface Pipeline {
  readonly generated_at: string;
  readonly past_due_seconds: number;
  readonly tiers: readonly { readonly tier: string; readonly waiting: number; readonly past_due_seconds: number }[];
  readonly lag: readonly {
    readonly group: string;
    readonly topic: string;
    readonly partitions: number;
    readonly records: number;
  }[];
  readonly open_breakers: number | null;
  readonly history_lag_seconds: number | null;
}

export interface Health {
  readonly webhook_prn: string;
  readonly succeeded_24h: number;
  readonly failed_24h: number;
  readonly success_ratio: number | null;
  /** Hours, oldest first. */
  readonly bars: readonly { readonly succeeded: number; readonly failed: number }[];
  readonly waiting: number;
  readonly breaker: 'closed' | 'open' | 'half_open' | null;
  readonly state: 'enabled' | 'disabled';
  readonly disabled_by: 'user' | 'gone' | 'failing' | null;
}

export const PIPELINE_KEY = ['GET /pipeline'] as const;

/** Between two looks while the stream is away. */
const POLL_MS = 5_000;
const OVERVIEW_MS = 15_000;
const HEALTH_MS = 30_000;

export const overviewOf = (period: Period) =>
  queryOptions({
    queryKey: ['GET /overview', period],
    queryFn: async ({ signal }) =>
      ((await send('GET', `/overview?period=${period}`, undefined, signal)) as { data: Overview }).data,
    refetchInterval: OVERVIEW_MS,
  });

export const pipelineState = (isStreaming: boolean) =>
  queryOptions({
    queryKey: PIPELINE_KEY,
    queryFn: async ({ signal }) => ((await send('GET', '/pipeline', undefined, signal)) as { data: Pipeline }).data,
    refetchInterval: isStreaming ? false : POLL_MS,
  });

export const healthOfWebhooks = queryOptions({
  queryKey: ['GET /webhooks/health'],
  queryFn: async ({ signal }) => {
    const { data } = (await send('GET', '/webhooks/health?limit=100', undefined, signal)) as { data: Health[] };
    return new Map(data.map((health) => [health.webhook_prn, health]));
  },
  refetchInterval: HEALTH_MS,
});
