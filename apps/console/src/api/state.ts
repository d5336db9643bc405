import { queryOptions } from '@tanstack/react-query';
import type { Schemas } from '@fleethook/contract';
import { asking } from './queries.js';

export type Overview = Schemas['Overview'];
export type Period = Overview['period'];
export type Pipeline = Schemas['Pipeline'];
export type Health = Schemas['EndpointHealth'];

/** Between two looks while the stream is away. */
const POLL_MS = 5_000;
const OVERVIEW_MS = 15_000;
const HEALTH_MS = 30_000;
/** As many as a page of the API holds. */
const MANY = 100;

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

/** Of the webhooks of a list, in its order. */
export const healthOfWebhooks = queryOptions({
  ...asking('GET /webhooks/health', { query: { limit: MANY } }),
  refetchInterval: HEALTH_MS,
});

export const healthOf = (prn: string) =>
  queryOptions({
    ...asking('GET /webhooks/{prn}/health', { path: { prn } }),
    refetchInterval: HEALTH_MS,
  });
