import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deliveryIdOf } from '@fleethook/events';
import { eventually } from '../support/eventually.js';
import { ok, status } from '../support/receiver.js';
import type { CollectedSpan } from '../support/trace-collector.js';
import { deviceOf, shapeOf, TracedWorld } from './traced-world.js';

/** RFC 3339 without fractions, as replays want it. */
const secondOf = (epochMs: number): string => `${new Date(epochMs).toISOString().slice(0, 19)}Z`;

const uuidOf = (event: string): string => event.slice(-36);

describe('the trace of what is sent again', () => {
  let here: TracedWorld;

  beforeAll(async () => {
    here = await TracedWorld.create();
  });
  afterAll(() => here[Symbol.asyncDispose]());

  interface Delivered {
    readonly webhook: string;
    readonly event: string;
    readonly delivery: string;
    /** It wrote the event to the log. */
    readonly original: CollectedSpan;
  }

  /** One event that arrived and is in the history. */
  async function delivered(): Promise<Delivered> {
    const { prn, path } = await here.createWebhook();
    const { event } = await here.post();
    const delivery = deliveryIdOf(event, prn);
    const original = await eventually(
      async () => {
        const [sent] = here.collector.about(event).filter(({ name }) => name === 'send fleet.events');
        expect(here.receiver.prns(path)).toContain(event);
        expect(await isRecorded(event, delivery)).toBe(true);
        expect(await isKept(event)).toBe(true);
        if (sent === undefined) throw new Error('its span did not come');
        return sent;
      },
      { withinMs: 60_000, explain: () => here.world.explain() },
    );
    return { webhook: prn, event, delivery, original };
  }

  async function isRecorded(event: string, id: string): Promise<boolean> {
    return (
      (await here.world.query('SELECT 1 FROM deliveries WHERE event = $1 AND delivery_id = $2', [uuidOf(event), id]))
        .length > 0
    );
  }

  async function isKept(event: string): Promise<boolean> {
    return (await here.world.query('SELECT 1 FROM events WHERE event = $1', [uuidOf(event)])).length > 0;
  }

  /** From then on its body is in the log alone, with its context beside it. */
  const forget = (event: string): Promise<object[]> =>
    here.world.query('DELETE FROM events WHERE event = $1', [uuidOf(event)]);

  /** The trace in which the API sent it, once its attempt is there. @param before another one, from earlier */
  function sentAgain(event: string, parent: string, before?: CollectedSpan): Promise<CollectedSpan> {
    return eventually(
      () => {
        const sent = here.collector.about(event).filter(({ name }) => name === 'send webhook.deliveries');
        const again = sent.find(({ spanId }) => spanId !== before?.spanId);
        if (again === undefined) throw new Error('it was not sent again');
        const trace = here.collector.spans.filter(({ traceId }) => traceId === again.traceId);
        const send = `api ${parent} > api send webhook.deliveries`;
        expect(shapeOf(trace)).toEqual([
          `api ${parent}`,
          send,
          `${send} > delivery process webhook.deliveries`,
          `${send} > delivery process webhook.deliveries > delivery POST`,
        ]);
        return again;
      },
      {
        withinMs: 60_000,
        explain: () => `${JSON.stringify(here.collector.about(event), null, 1)}\n${here.world.explain()}`,
      },
    );
  }

  /** All that one device's events were for a webhook. @returns the replay's PRN */
  async function replay(source: 'log' | 'failed', webhook: string, event: string): Promise<string> {
    const nowMs = Date.now();
    const window = { from: secondOf(nowMs - 120_000), to: secondOf(nowMs + 2_000) };
    const reply = await here.world.call<{ replay: { prn: string } }>('POST', '/replays', {
      webhook_prn: webhook,
      source,
      ...window,
      filter: { device_prns: [deviceOf(event)] },
    });
    expect(reply.status).toBe(201);
    return reply.body.replay.prn;
  }

  it('a window that is replayed from the log is a trace of its own, linked to those of its events', async () => {
    const { webhook, event, original } = await delivered();
    const prn = await replay('log', webhook, event);
    const again = await sentAgain(event, 'run replay');
    expect(again).toMatchObject({ kind: 'producer', attributes: { 'fleethook.series': prn.slice(-36) } });
    expect(again.traceId).not.toBe(original.traceId);
    expect(again.links).toMatchObject([{ traceId: original.traceId, spanId: original.spanId }]);
    const [run] = here.collector.spans.filter(({ spanId }) => spanId === again.parentSpanId);
    expect(run).toMatchObject({
      parentSpanId: '',
      attributes: { 'fleethook.webhook': webhook, 'fleethook.source': 'log', 'fleethook.state': 'completed' },
    });
  });

  it('a delivery that is sent again goes on from the request, linked to its event where that is known', async () => {
    const { event, delivery, original } = await delivered();
    const resend = async (before?: CollectedSpan): Promise<CollectedSpan> => {
      const reply = await here.world.call('POST', `/deliveries/${delivery}/resend`);
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
  });

  it('failed deliveries that are replayed are linked to their events where their dead letters tell', async () => {
    const { prn } = await here.createWebhook([status(410), ok()]);
    const { event } = await here.post();
    const delivery = deliveryIdOf(event, prn);
    await eventually(
      async () => {
        const [row] = await here.world.query(
          'SELECT 1 FROM deliveries WHERE delivery_id = $1 AND dead_at IS NOT NULL',
          [delivery],
        );
        expect(row).toBeDefined();
        expect(await isKept(event)).toBe(true);
        const webhook = await here.world.call<{ webhook: { state: string } }>('GET', `/webhooks/${prn}`);
        expect(webhook.body.webhook.state).toBe('disabled');
      },
      { withinMs: 60_000, explain: () => here.world.explain() },
    );
    const [routed] = here.collector.about(event).filter(({ name }) => name === 'process fleet.events');
    await forget(event);
    expect((await here.world.call('PATCH', `/webhooks/${prn}`, { state: 'enabled' })).status).toBe(200);
    await replay('failed', prn, event);
    const again = await sentAgain(event, 'run replay');
    // A dead letter bears what the router gave it.
    expect(routed).toBeDefined();
    expect(again.traceId).not.toBe(routed?.traceId);
    expect(again.links).toMatchObject([{ traceId: routed?.traceId, spanId: routed?.spanId }]);
  });
});
