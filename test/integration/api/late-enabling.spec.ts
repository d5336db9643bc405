import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Prn } from '@fleethook/events';
import { ConfigPublisher } from '../../../apps/api/src/outbox/outbox.relay.js';
import { BOOKMARK } from '../../../apps/api/src/replays/bookmark.js';
import { ReplayClient, type TestEvent } from './replay-client.js';

const MARGIN_MS = 3_000;

let client: ReplayClient;

beforeAll(async () => {
  client = await ReplayClient.create();
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
});

/** The topic of the configuration is told nothing until it is let go on. */
function heldPublisher(): { letGo: () => void } & Disposable {
  const publisher = client.world.app.get(ConfigPublisher);
  const publish = publisher.publish.bind(publisher);
  const go = new AbortController();
  const letGo = (): void => go.abort();
  const held = jest.spyOn(publisher, 'publish').mockImplementation(async (records) => {
    if (!go.signal.aborted) await once(go.signal, 'abort');
    await publish(records);
  });
  return {
    letGo,
    [Symbol.dispose]: () => {
      letGo();
      held.mockRestore();
    },
  };
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function set(webhook: Prn<'webhook'>, body: Record<string, unknown>): Promise<string> {
  const { json } = await client.call('PATCH', `/webhooks/${webhook}`, { body });
  return (json as { replay_prn?: string }).replay_prn ?? '';
}

async function disabledWebhook(): Promise<Prn<'webhook'>> {
  const reply = await client.call('POST', '/webhooks', {
    body: { url: client.receiver.url, enabled_events: ['device.connected'] },
  });
  const { prn } = (reply.json as { webhook: { prn: Prn<'webhook'> } }).webhook;
  await set(prn, { state: 'disabled' });
  return prn;
}

/** Accepted at this moment. */
async function comes(): Promise<TestEvent> {
  await sleep(5);
  const [event] = client.events(1, { acceptedAtMs: Date.now() }) as [TestEvent];
  await client.log([event]);
  await sleep(5);
  return event;
}

const resume = { state: 'enabled', resume_from: 'bookmark' };

describe('an enabling that those who route learn of late', () => {
  it('has the replay of the bookmark wait for it, and reach as far as nothing was routed', async () => {
    const webhook = await disabledWebhook();
    using publisher = heldPublisher();
    const early = await comes();
    const prn = await set(webhook, resume);
    await sleep(BOOKMARK.delayMs + MARGIN_MS);
    // Delivery would still give up whatever it sends.
    expect(await client.get(prn)).toMatchObject({ state: 'running', started_at: null });
    const late = await comes();
    publisher.letGo();
    await client.reached(prn, 'completed');
    const sent = (await client.arrived(prn, 2)).map(({ event }) => event);
    expect(sent).toEqual(expect.arrayContaining([early.prn, late.prn]));
  });

  it('leaves what comes after the webhook was disabled again to its next bookmark', async () => {
    const webhook = await disabledWebhook();
    using publisher = heldPublisher();
    const prn = await set(webhook, resume);
    await sleep(BOOKMARK.settleMs + MARGIN_MS);
    const late = await comes();
    await set(webhook, { state: 'disabled' });
    await client.reached(prn, 'paused');
    await sleep(BOOKMARK.settleMs + MARGIN_MS);
    const later = await comes();
    const next = await set(webhook, resume);
    publisher.letGo();
    await client.reached(prn, 'completed');
    await client.reached(next, 'completed');
    const [first, second] = [client.sent(prn), client.sent(next)].map((all) => all.map(({ event }) => event));
    expect(first).toContain(late.prn);
    expect(first).not.toContain(later.prn);
    expect(second).toContain(later.prn);
  });
});
