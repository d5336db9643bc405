import { queryOptions } from '@tanstack/react-query';
import type { Schemas } from '@fleethook/contract';
import { asking, askingAll } from './queries.js';

export type Overview = Schemas['Overview'];
export type Period = Overview['period'];
export type Pipeline = Schemas['Pipeline'];
export type Health = Schemas['EndpointHealth'];

/** Between two looks while the stream is away. */
const POLL_MS = 5_000;
const OVERVIEW_MS = 15_000;
const HEALTH_MS = 30_000;

export const overviewOf = (period: Period) =>
  queryOptions({
    ...asking('GET /overview', { query: { period } }),
    refetchInterval: OVERVIEW_MS,
  });

/** Under the same key as the stream puts it. */
export const pipelineQuery = asking('GET /pipeline', {});

export const pipelineState = (isStreaming: boolean) =>
  queryOptions({
    ...pipelineQuery,
    refetchInterval: isStreaming ? false : POLL_MS,
  });

/** Of all webhooks. */
export const healthOfWebhooks = queryOptions({
  ...askingAll('GET /webhooks/health', 'data'),
  refetchInterval: HEALTH_MS,
});

export const healthOf = (prn: string) =>
  queryOptions({
    ...asking('GET /webhooks/{prn}/health', { path: { prn } }),
    refetchInterval: HEALTH_MS,
  });
