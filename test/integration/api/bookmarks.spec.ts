import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Prn } from '@fleethook/events';
import type { Reply } from './api-world.js';
import { eventsOf, prnsOf, ReplayClient, type TestEvent } from './replay-client.js';

let client: ReplayClient;

beforeAll(async () => {
  client = await ReplayClient.create();
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
});

const patch = (webhook: string, body: Record<string, unknown>): Promise<Reply> =>
  client.call('PATCH', `/webhooks/${webhook}`, { body });

async function createdWebhook(): Promise<Prn<'webhook'>> {
  const reply = await client.call('POST', '/webhooks', {
    body: { url: client.receiver.url, enabled_events: ['device.connected'] },
  });
  return (reply.json as { webhook: { prn: Prn<'webhook'> } }).webhook.prn;
}

/** Disables it, and has events come meanwhile. */
async function missedWhileDisabled(webhook: Prn<'webhook'>, count: number): Promise<TestEvent[]> {
  await patch(webhook, { state: 'disabled' });
  await new Promise((resolve) => setTimeout(resolve, 5));
  const missed = client.events(count, { acceptedAtMs: Date.now() });
  await client.log(missed);
  await new Promise((resolve) => setTimeout(resolve, 5));
  return missed;
}

/** Enables it from its bookmark. @returns the replay */
async function resume(webhook: Prn<'webhook'>): Promise<string> {
  const { json } = await patch(webhook, { state: 'enabled', resume_from: 'bookmark' });
  return (json as { replay_prn: string }).replay_prn;
}

/** The events of a replay that has come to its end. */
async function sentBy(replay: string): Promise<string[]> {
  const { progress } = await client.reached(replay, 'completed');
  return eventsOf(await client.arrived(replay, progress.sent));
}

describe('a webhook that was disabled', () => {
  it('goes on from its bookmark: what came meanwhile, and what died of it', async () => {
    const { webhook } = client;
    await client.world.database.query(`UPDATE webhooks SET begins_at = now() - interval '1 day' WHERE prn = $1`, [
      webhook,
    ]);
    const before = client.events(3, { acceptedAtMs: Date.now() - 1_000 });
    const [delivered, waiting, unrouted] = before as [TestEvent, TestEvent, TestEvent];
    const disabled = await patch(webhook, { state: 'disabled' });
    expect(disabled.json).toMatchObject({ webhook: { disabled_by: 'user', disabled_at: expect.stringMatching(/Z$/) } });
    await new Promise((resolve) => setTimeout(resolve, 5));
    const meanwhile = client.events(20, { acceptedAtMs: Date.now() });
    const dying = client.events(4, { acceptedAtMs: Date.now() - 7_200_000 });
    await client.log([...before, ...meanwhile, ...dying]);
    await client.record([client.delivered(delivered), client.pending(waiting)]);
    await client.bury(dying, 'webhook_disabled');
    await client.bury(client.events(2, { acceptedAtMs: Date.now() - 7_200_000 }), 'horizon_reached');
    await client.bury(client.events(2, { acceptedAtMs: 1 }), 'webhook_disabled', await createdWebhook());
    const enabled = await patch(webhook, { state: 'enabled', resume_from: 'bookmark' });
    expect(enabled).toMatchObject({
      status: 200,
      json: { webhook: { state: 'enabled', disabled_at: null }, replay_prn: expect.stringContaining(':replay:') },
    });
    const { replay_prn: prn } = enabled.json as { replay_prn: string };
    // Begins only after every process knows that the webhook is enabled.
    expect(await client.get(prn)).toMatchObject({ source: 'bookmark', state: 'running', started_at: null });
    await client.reached(prn, 'completed');
    // What was delivered, or waits for an attempt that is still to come, is left out.
    const sent = await client.arrived(prn, 25);
    expect(eventsOf(sent)).toEqual(prnsOf([unrouted, ...meanwhile, ...dying]));
    for (const { attempt, firstAttemptAtMs } of sent) expect([attempt, firstAttemptAtMs]).toEqual([1, undefined]);
  });

  it('goes on from now unless it is told otherwise', async () => {
    const webhook = await createdWebhook();
    for (const resumption of [{}, { resume_from: 'now' }]) {
      await patch(webhook, { state: 'disabled' });
      const reply = await patch(webhook, { state: 'enabled', ...resumption });
      expect(reply.status).toBe(200);
      expect(reply.json).not.toHaveProperty('replay_prn');
    }
    const { json } = await client.call('GET', `/replays?webhook_prn=${webhook}`);
    expect(json).toEqual({ replays: [], next_page: null });
  });

  it('goes on from its first bookmark when it was disabled again before it had caught up', async () => {
    const webhook = await createdWebhook();
    const missed = await missedWhileDisabled(webhook, 3);
    const first = await resume(webhook);
    const missedAgain = await missedWhileDisabled(webhook, 2);
    expect(await client.reached(first, 'paused')).toMatchObject({ reason: 'webhook_disabled' });
    const last = await resume(webhook);
    expect(await sentBy(first)).toEqual(expect.arrayContaining(prnsOf(missed)));
    expect(await sentBy(last)).toEqual(expect.arrayContaining(prnsOf(missedAgain)));
  });

  it('has what it missed passed over by going on from now, also when its replay was under way', async () => {
    const webhook = await createdWebhook();
    const passed = await missedWhileDisabled(webhook, 3);
    const passedOver = await resume(webhook);
    // At once: nobody who runs it has seen that the webhook was disabled meanwhile.
    await patch(webhook, { state: 'disabled' });
    await patch(webhook, { state: 'enabled', resume_from: 'now' });
    expect(await client.get(passedOver)).toMatchObject({ state: 'paused', reason: 'webhook_disabled' });
    const missed = await missedWhileDisabled(webhook, 2);
    const last = await resume(webhook);
    await client.reached(last, 'completed');
    expect(eventsOf(await client.arrived(last, 2))).toEqual(prnsOf(missed));
    expect(await client.get(passedOver)).toMatchObject({ state: 'paused' });
    await client.call('POST', `/replays/${passedOver}/resume`);
    expect(await sentBy(passedOver)).toEqual(expect.arrayContaining(prnsOf(passed)));
  });

  it('gets nothing from before it was made, nor what it has passed over by going on from now', async () => {
    await client.log(client.events(2, { acceptedAtMs: Date.now() - 1 }));
    const webhook = await createdWebhook();
    await missedWhileDisabled(webhook, 2);
    await client.bury(client.events(2, { acceptedAtMs: Date.now() - 7_200_000 }), 'webhook_disabled', webhook);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await patch(webhook, { state: 'enabled', resume_from: 'now' });
    const missed = await missedWhileDisabled(webhook, 3);
    const replay = await resume(webhook);
    await client.reached(replay, 'completed');
    expect(eventsOf(await client.arrived(replay, 3))).toEqual(prnsOf(missed));
    expect((await client.get(replay)).progress).toMatchObject({ matched: 3, sent: 3 });
  });

  it('goes on with the filter that it is enabled with', async () => {
    const webhook = await createdWebhook();
    await patch(webhook, { filter: { tags: ['south'] } });
    await patch(webhook, { state: 'disabled' });
    await new Promise((resolve) => setTimeout(resolve, 5));
    const [wanted, ...others] = client.events(5, { acceptedAtMs: Date.now() });
    await client.log([...others, ...(wanted === undefined ? [] : [wanted])]);
    const filter = { devices: [wanted?.device] };
    const enabled = await patch(webhook, { state: 'enabled', resume_from: 'bookmark', filter });
    const { replay_prn: prn } = enabled.json as { replay_prn: string };
    expect((await client.get(prn)).filter).toMatchObject({ webhook_filter: filter });
    expect((await client.reached(prn, 'completed')).progress).toMatchObject({ matched: 1, sent: 1 });
    expect(eventsOf(await client.arrived(prn, 1))).toEqual([wanted?.prn]);
  });

  it('keeps a bookmark also when a machine disabled it', async () => {
    const webhook = await createdWebhook();
    await client.world.database.query(
      `UPDATE webhooks SET state = 'disabled', disabled_by = 'failing', disabled_at = now() - interval '1 hour' WHERE prn = $1`,
      [webhook],
    );
    const reply = await patch(webhook, { state: 'enabled', resume_from: 'bookmark' });
    const { replay_prn: prn } = reply.json as { replay_prn: string };
    const { from, to } = await client.get(prn);
    expect(Date.parse(to) - Date.parse(from)).toBeGreaterThan(3_500_000);
    await client.call('POST', `/replays/${prn}/cancel`);
  });

  it('cannot be resumed without being enabled, nor from a bookmark without the scope', async () => {
    const webhook = await createdWebhook();
    for (const body of [
      { resume_from: 'bookmark' },
      { state: 'enabled', resume_from: 'now' },
      { state: 'disabled', resume_from: 'bookmark' },
    ])
      expect(await patch(webhook, body)).toMatchObject({
        status: 422,
        json: { errors: { resume_from: [expect.stringContaining('only with enabling')] } },
      });
    expect((await client.call('GET', `/webhooks/${webhook}`)).json).toMatchObject({ webhook: { state: 'enabled' } });
    expect(await patch(webhook, { state: 'enabled', resume_from: 'yesterday' })).toMatchObject({
      status: 422,
      json: { errors: { resume_from: ['must be now or bookmark'] } },
    });
    await patch(webhook, { state: 'disabled' });
    await client.world.database.query(`UPDATE api_keys SET scopes = '{read,configure}' WHERE organization_prn = $1`, [
      client.organization,
    ]);
    const refused = await patch(webhook, { state: 'enabled', resume_from: 'bookmark' });
    expect(refused).toMatchObject({ status: 403 });
    await client.world.database.query(
      `UPDATE api_keys SET scopes = '{read,configure,publish,replay}' WHERE organization_prn = $1`,
      [client.organization],
    );
    expect((await client.call('GET', `/webhooks/${webhook}`)).json).toMatchObject({ webhook: { state: 'disabled' } });
  });
});
