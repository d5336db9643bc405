import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deliveryIdOf, type Prn } from '@fleethook/events';
import { eventually } from '../support/eventually.js';
import { ok, Receiver, status } from '../support/receiver.js';
import { TraceCollector, type CollectedSpan } from '../support/trace-collector.js';
import { World } from '../support/world.js';

const TIMEOUT_MS = 120_000;
const PRODUCER_TRACE = '0af7651916cd43dd8448eb211c80319c';
const PRODUCER_SPAN = 'b7ad6b7169203331';

/** RFC 3339 without fractions, as replays want it. */
const secondOf = (epochMs: number): string => `${new Date(epochMs).toISOString().slice(0, 19)}Z`;

/** Each event has a device of its own. */
const deviceOf = (event: string): string => event.replace(':event:', ':device:');

const uuidOf = (event: string): string => event.slice(-36);

/** Each span as its way from the beginning of its trace. */
const shapeOf = (spans: readonly CollectedSpan[]): string[] => {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const pathOf = (span: CollectedSpan): string => {
    const parent = byId.get(span.parentSpanId);
    return `${parent === undefined ? '' : `${pathOf(parent)} > `}${span.service.replace('fleethook-', '')} ${span.name}`;
  };
  return spans.map(pathOf).toSorted();
};

describe('with a collector', () => {
  let collector: TraceCollector;
  let receiver: Receiver;
  let world: World;
  let paths = 0;

  beforeAll(async () => {
    collector = await TraceCollector.listen();
    receiver = await Receiver.listen();
    world = await World.create({
      apps: ['ingest', 'router', 'delivery', 'recorder'],
      environment: { ...collector.environment, DELIVERY_TRACE_CONTEXT: 'true' },
    });
  }, TIMEOUT_MS);
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
    await receiver.close();
    await collector[Symbol.asyncDispose]();
  });

  /** One event to a webhook of its own. @returns its PRN */
  async function post(headers: Readonly<Record<string, string>>): Promise<{ event: Prn<'event'>; requestId: string }> {
    const [prn] = (await world.ledger()).issue(1);
    if (prn === undefined) throw new Error('the ledger gave no event');
    const reply = await fetch(`${world.app('ingest').url}/v1/events`, {
      method: 'POST',
      headers: { authorization: `Token ${world.apiKey}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify({
        type: 'device',
        prn,
        data: {
          type: 'claimed_release',
          data: {
            device: { prn: deviceOf(prn), identifier: 'device-1', cohort: null },
            release: { prn: prn.replace(':event:', ':release:'), version: '1.0.0' },
          },
        },
      }),
    });
    expect(reply.status).toBe(202);
    return { event: prn, requestId: reply.headers.get('peridio-request-id') ?? '' };
  }

  it(
    'an event is one trace from the producer on: through a failed attempt, its wait and its retry',
    async () => {
      const path = `/traced-${++paths}`;
      await world.createWebhook(receiver, path);
      receiver.answer(path, [status(503), ok()]);
      const { event, requestId } = await post({
        traceparent: `00-${PRODUCER_TRACE}-${PRODUCER_SPAN}-01`,
        tracestate: 'fleet=plant-7',
      });
      const spans = await eventually(
        () => {
          const found = collector.tracesOf(event);
          expect(found.filter(({ name }) => name === 'POST')).toHaveLength(2);
          expect(found).toHaveLength(8);
          return found;
        },
        { withinMs: 60_000, explain: () => `${JSON.stringify(collector.spans, null, 1)}\n${world.explain()}` },
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
      const told = receiver.requests.filter(({ headers }) => headers['webhook-id'] === event);
      expect(told.map(({ headers }) => headers['traceparent'])).toEqual(
        attempts.map(({ spanId }) => `00-${PRODUCER_TRACE}-${spanId}-01`),
      );
      expect(told.map(({ headers }) => headers['tracestate'])).toEqual(['fleet=plant-7', 'fleet=plant-7']);
      expect(receiver.badSignatures).toEqual([]);

      // Lines are written in pieces.
      await eventually(
        () => {
          const attempted = world.app('delivery').events('delivery.attempted');
          const lines = attempted.filter((line) => line['event_prn'] === event);
          expect(lines.map((line) => line['trace_id'])).toEqual([PRODUCER_TRACE, PRODUCER_TRACE]);
          const answered = world.app('ingest').events('ingest.answered');
          const [line] = answered.filter((candidate) => candidate['request_id'] === requestId);
          expect(line).toMatchObject({ trace_id: PRODUCER_TRACE });
        },
        { withinMs: 5_000 },
      );
    },
    TIMEOUT_MS,
  );

  it(
    'a producer that decided against its trace has none, and its receiver is told so',
    async () => {
      const path = `/traced-${++paths}`;
      await world.createWebhook(receiver, path);
      const { event } = await post({ traceparent: `00-${PRODUCER_TRACE}-${PRODUCER_SPAN}-00` });
      const { event: later } = await post({});
      await eventually(
        () => {
          expect(receiver.prns(path)).toEqual(expect.arrayContaining([event, later]));
          expect(collector.about(later).filter(({ name }) => name === 'POST')).not.toEqual([]);
        },
        { withinMs: 60_000, explain: () => world.explain() },
      );
      expect(collector.about(event)).toEqual([]);
      const told = receiver.requests.find(({ headers }) => headers['webhook-id'] === event);
      expect(told?.headers['traceparent']).toMatch(new RegExp(`^00-${PRODUCER_TRACE}-[0-9a-f]{16}-00$`));
    },
    TIMEOUT_MS,
  );

  interface Delivered {
    readonly webhook: string;
    readonly event: string;
    readonly delivery: string;
    /** It wrote the event to the log. */
    readonly original: CollectedSpan;
  }

  /** One event that arrived and is in the history. */
  async function delivered(): Promise<Delivered> {
    const path = `/traced-${++paths}`;
    const { prn } = await world.createWebhook(receiver, path);
    const { event } = await post({});
    const delivery = deliveryIdOf(event, prn);
    const original = await eventually(
      async () => {
        const [sent] = collector.about(event).filter(({ name }) => name === 'send fleet.events');
        expect(receiver.prns(path)).toContain(event);
        expect(await isRecorded(event, delivery)).toBe(true);
        expect(await isKept(event)).toBe(true);
        if (sent === undefined) throw new Error('its span did not come');
        return sent;
      },
      { withinMs: 60_000, explain: () => world.explain() },
    );
    return { webhook: prn, event, delivery, original };
  }

  async function isRecorded(event: string, id: string): Promise<boolean> {
    return (
      (await world.query('SELECT 1 FROM deliveries WHERE event = $1 AND delivery_id = $2', [uuidOf(event), id]))
        .length > 0
    );
  }

  async function isKept(event: string): Promise<boolean> {
    return (await world.query('SELECT 1 FROM events WHERE event = $1', [uuidOf(event)])).length > 0;
  }

  /** From then on its body is in the log alone, with its context beside it. */
  const forget = (event: string): Promise<object[]> =>
    world.query('DELETE FROM events WHERE event = $1', [uuidOf(event)]);

  /** The trace in which the API sent it, once its attempt is there. @param before another one, from earlier */
  function sentAgain(event: string, parent: string, before?: CollectedSpan): Promise<CollectedSpan> {
    return eventually(
      () => {
        const sent = collector.about(event).filter(({ name }) => name === 'send webhook.deliveries');
        const again = sent.find(({ spanId }) => spanId !== before?.spanId);
        if (again === undefined) throw new Error('it was not sent again');
        const trace = collector.spans.filter(({ traceId }) => traceId === again.traceId);
        const send = `api ${parent} > api send webhook.deliveries`;
        expect(shapeOf(trace)).toEqual([
          `api ${parent}`,
          send,
          `${send} > delivery process webhook.deliveries`,
          `${send} > delivery process webhook.deliveries > delivery POST`,
        ]);
        return again;
      },
      { withinMs: 60_000, explain: () => `${JSON.stringify(collector.about(event), null, 1)}\n${world.explain()}` },
    );
  }

  /** All that one device's events were for a webhook. @returns the replay's PRN */
  async function replay(source: 'log' | 'failed', webhook: string, event: string): Promise<string> {
    const nowMs = Date.now();
    const window = { from: secondOf(nowMs - 120_000), to: secondOf(nowMs + 2_000) };
    const reply = await world.call<{ replay: { prn: string } }>('POST', '/replays', {
      webhook_prn: webhook,
      source,
      ...window,
      filter: { device_prns: [deviceOf(event)] },
    });
    expect(reply.status).toBe(201);
    return reply.body.replay.prn;
  }

  it(
    'a window that is replayed from the log is a trace of its own, linked to those of its events',
    async () => {
      const { webhook, event, original } = await delivered();
      const prn = await replay('log', webhook, event);
      const again = await sentAgain(event, 'run replay');
      expect(again).toMatchObject({ kind: 'producer', attributes: { 'fleethook.series': prn.slice(-36) } });
      expect(again.traceId).not.toBe(original.traceId);
      expect(again.links).toMatchObject([{ traceId: original.traceId, spanId: original.spanId }]);
      const [run] = collector.spans.filter(({ spanId }) => spanId === again.parentSpanId);
      expect(run).toMatchObject({
        parentSpanId: '',
        attributes: { 'fleethook.webhook': webhook, 'fleethook.source': 'log', 'fleethook.state': 'completed' },
      });
    },
    TIMEOUT_MS,
  );

  it(
    'a delivery that is sent again goes on from the request, linked to its event where that is known',
    async () => {
      const { event, delivery, original } = await delivered();
      const resend = async (before?: CollectedSpan): Promise<CollectedSpan> => {
        const reply = await world.call('POST', `/deliveries/${delivery}/resend`);
        expect(reply.status).toBe(202);
        return sentAgain(event, 'POST /deliveries/:id/resend', before);
      };
      const fromHistory = await resend();
      expect(fromHistory).toMatchObject({ kind: 'producer', links: [] });

      await forget(event);
      const fromLog = await resend(fromHistory);
      expect(fromLog.traceId).not.toBe(fromHistory.traceId);
      expect(fromLog.traceId).not.toBe(original.traceId);
      expect(fromLog.links).toMatchObject([{ traceId: original.traceId, spanId: original.spanId }]);
    },
    TIMEOUT_MS,
  );

  it(
    'failed deliveries that are replayed are linked to their events where their dead letters tell',
    async () => {
      const path = `/traced-${++paths}`;
      const { prn } = await world.createWebhook(receiver, path);
      receiver.answer(path, [status(410), ok()]);
      const { event } = await post({});
      const delivery = deliveryIdOf(event, prn);
      await eventually(
        async () => {
          const [row] = await world.query('SELECT 1 FROM deliveries WHERE delivery_id = $1 AND dead_at IS NOT NULL', [
            delivery,
          ]);
          expect(row).toBeDefined();
          expect(await isKept(event)).toBe(true);
          const webhook = await world.call<{ webhook: { state: string } }>('GET', `/webhooks/${prn}`);
          expect(webhook.body.webhook.state).toBe('disabled');
        },
        { withinMs: 60_000, explain: () => world.explain() },
      );
      const [routed] = collector.about(event).filter(({ name }) => name === 'process fleet.events');
      await forget(event);
      expect((await world.call('PATCH', `/webhooks/${prn}`, { state: 'enabled' })).status).toBe(200);
      await replay('failed', prn, event);
      const again = await sentAgain(event, 'run replay');
      // A dead letter bears what the router gave it.
      expect(routed).toBeDefined();
      expect(again.traceId).not.toBe(routed?.traceId);
      expect(again.links).toMatchObject([{ traceId: routed?.traceId, spanId: routed?.spanId }]);
    },
    TIMEOUT_MS,
  );
});
