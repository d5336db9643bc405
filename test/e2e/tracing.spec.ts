import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { ok, status } from '../support/receiver.js';
import { shapeOf, TracedWorld } from './traced-world.js';

const PRODUCER_TRACE = '0af7651916cd43dd8448eb211c80319c';
const PRODUCER_SPAN = 'b7ad6b7169203331';

describe('the trace of an event', () => {
  let here: TracedWorld;

  beforeAll(async () => {
    here = await TracedWorld.create();
  });
  afterAll(() => here[Symbol.asyncDispose]());

  it('an event is one trace from the producer on: through a failed attempt, its wait and its retry', async () => {
    await here.createWebhook([status(503), ok()]);
    const { event, requestId } = await here.post({
      traceparent: `00-${PRODUCER_TRACE}-${PRODUCER_SPAN}-01`,
      tracestate: 'fleet=plant-7',
    });
    const spans = await eventually(
      () => {
        const found = here.collector.tracesOf(event);
        expect(found.filter(({ name }) => name === 'POST')).toHaveLength(2);
        expect(found).toHaveLength(8);
        return found;
      },
      {
        withinMs: 60_000,
        explain: () => `${JSON.stringify(here.collector.spans, null, 1)}\n${here.world.explain()}`,
      },
    );

    const toRouter = 'ingest POST /v1/events > ingest send fleet.events > router process fleet.events';
    expect(shapeOf(spans)).toEqual([
      'ingest POST /v1/events',
      'ingest POST /v1/events > ingest send fleet.events',
      toRouter,
      `${toRouter} > delivery process webhook.deliveries`,
      `${toRouter} > delivery process webhook.deliveries`,
      `${toRouter} > delivery process webhook.deliveries > delivery POST`,
      `${toRouter} > delivery process webhook.deliveries > delivery POST`,
      `${toRouter} > delivery process webhook.retry.500ms`,
    ]);
    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([PRODUCER_TRACE]));
    const [root] = spans.filter(({ kind }) => kind === 'server');
    expect(root).toMatchObject({ parentSpanId: PRODUCER_SPAN, attributes: { 'fleethook.request_id': requestId } });

    const attempts = spans
      .filter(({ name }) => name === 'POST')
      .toSorted((left, right) => left.startedAtMs - right.startedAtMs);
    expect(attempts).toMatchObject([
      {
        isError: true,
        attributes: {
          'http.request.method': 'POST',
          'http.response.status_code': 503,
          'error.type': '503',
          'server.address': 'localhost',
          'fleethook.attempt': 1,
          'fleethook.outcome': 'http_status',
        },
      },
      {
        isError: false,
        attributes: {
          'http.response.status_code': 200,
          'http.request.resend_count': 1,
          'fleethook.attempt': 2,
          'fleethook.outcome': 'delivered',
        },
      },
    ]);
    const [wait] = spans.filter(({ name }) => name === 'process webhook.retry.500ms');
    expect((wait?.endedAtMs ?? 0) - (wait?.startedAtMs ?? 0)).toBeGreaterThanOrEqual(500);

    // The receiver's own spans would go on from the attempt that reached it.
    const told = here.receiver.requests.filter(({ headers }) => headers['webhook-id'] === event);
    expect(told.map(({ headers }) => headers['traceparent'])).toEqual(
      attempts.map(({ spanId }) => `00-${PRODUCER_TRACE}-${spanId}-01`),
    );
    expect(told.map(({ headers }) => headers['tracestate'])).toEqual(['fleet=plant-7', 'fleet=plant-7']);
    expect(here.receiver.badSignatures).toEqual([]);

    // Lines are written in pieces.
    await eventually(
      () => {
        const attempted = here.world.app('delivery').events('delivery.attempted');
        const lines = attempted.filter((line) => line['event_prn'] === event);
        expect(lines.map((line) => line['trace_id'])).toEqual([PRODUCER_TRACE, PRODUCER_TRACE]);
        const answered = here.world.app('ingest').events('ingest.answered');
        const [line] = answered.filter((candidate) => candidate['request_id'] === requestId);
        expect(line).toMatchObject({ trace_id: PRODUCER_TRACE });
      },
      { withinMs: 20_000 },
    );
  });

  it('a producer that decided against its trace has none, and its receiver is told so', async () => {
    const { path } = await here.createWebhook();
    const { event } = await here.post({ traceparent: `00-${PRODUCER_TRACE}-${PRODUCER_SPAN}-00` });
    const { event: later } = await here.post();
    await eventually(
      () => {
        expect(here.receiver.prns(path)).toEqual(expect.arrayContaining([event, later]));
        expect(here.collector.about(later).filter(({ name }) => name === 'POST')).not.toEqual([]);
      },
      { withinMs: 60_000, explain: () => here.world.explain() },
    );
    expect(here.collector.about(event)).toEqual([]);
    const told = here.receiver.requests.find(({ headers }) => headers['webhook-id'] === event);
    expect(told?.headers['traceparent']).toMatch(new RegExp(`^00-${PRODUCER_TRACE}-[0-9a-f]{16}-00$`));
  });
});
