import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { newOrganizationPrn, newPrn } from '@fleethook/events';
import { createLog, createMetrics } from '@fleethook/observability';
import { OverviewQueries } from '@fleethook/store';
import type { FastifyRequest } from 'fastify';
import type { Principal } from '../auth/principal.js';
import { CallerCheck } from './caller-check.js';
import { PipelineStreams } from './pipeline-streams.js';
import { PipelineViews } from './pipeline-views.js';

const organization = newOrganizationPrn();
const caller: Principal = {
  organization,
  apiKey: newPrn(organization, 'api_key'),
  name: 'k',
  scopes: ['read'],
  requestId: 'r',
};

describe('the streams of a process that stops', () => {
  it('end also where the state that they begin with is still being read', async () => {
    const reading = Promise.withResolvers<object>();
    const streams = new PipelineStreams(
      Object.create(PipelineViews.prototype, { of: { value: () => reading.promise } }) as PipelineViews,
      Object.create(OverviewQueries.prototype) as OverviewQueries,
      Object.create(CallerCheck.prototype) as CallerCheck,
      createLog({ app: 'test', level: 'silent', format: 'json' }),
      createMetrics(),
    );
    const opening = streams.open(caller, {} as FastifyRequest);
    streams.beforeApplicationShutdown();
    reading.resolve({ lag: 1 });
    expect(await text(await opening)).toBe('retry: 3000\n\n');
  });
});
