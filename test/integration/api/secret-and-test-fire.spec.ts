import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/eventually.js';
import { signatureFaults } from '../../support/signature-check.js';
import { WebhookClient, WHOLE_SECONDS, webhookOf } from './webhook-client.js';

let client: WebhookClient;

beforeAll(async () => {
  client = await WebhookClient.create();
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
});

describe('POST /webhooks/{prn}/roll_secret', () => {
  it('needs neither body nor content type nor length, and ends the old secret at once', async () => {
    const webhook = await client.created();
    const reply = await client.call('POST', `/webhooks/${webhook.prn}/roll_secret`);
    expect(reply.status).toBe(200);
    const rolled = webhookOf(reply);
    expect(rolled.secret).toMatch(/^[0-9A-F]{32}$/);
    expect(rolled.secret).not.toBe(webhook.secret);
    await client.call('PATCH', `/webhooks/${webhook.prn}`, { body: { url: `${client.receiver.url}rolled` } });
    const last = client.receiver.requests.at(-1);
    expect(last?.headers['peridio-signature']).toMatch(/^[0-9A-F]{64}$/);
    expect(signatureFaults(last?.headers ?? {}, last?.body ?? Buffer.of(), [rolled.secret ?? ''])).toEqual([]);
  });

  it('keeps both live for as long as asked, signing old first, three at most', async () => {
    const webhook = await client.created();
    const roll = (ttl: number) =>
      client.call('POST', `/webhooks/${webhook.prn}/roll_secret`, { body: { webhook_ttl: ttl } });
    const second = webhookOf(await roll(3_600)).secret ?? '';
    await client.call('PATCH', `/webhooks/${webhook.prn}`, { body: { url: `${client.receiver.url}overlap` } });
    const last = client.receiver.requests.at(-1);
    const signatures = String(last?.headers['peridio-signature']).split(',');
    expect(signatures).toHaveLength(2);
    for (const [index, secret] of [webhook.secret, second].entries()) {
      const headers = { ...last?.headers, 'peridio-signature': signatures[index] };
      expect(signatureFaults(headers, last?.body ?? Buffer.of(), [secret])).toEqual([]);
    }
    expect((await roll(60)).status).toBe(200);
    expect(await roll(60)).toMatchObject({ status: 422, json: { errors: { webhook_ttl: [expect.any(String)] } } });
    expect((await roll(0)).status).toBe(200);
    expect((await roll(604_801)).status).toBe(422);
  });
});

describe('POST /webhooks/{prn}/test_fire', () => {
  it('answers with the event, which is on its way whatever is subscribed to', async () => {
    const { prn } = await client.created();
    await using deliveries = await client.world.kafka.tail('webhook.deliveries');
    const reply = await client.call('POST', `/webhooks/${prn}/test_fire`);
    expect(reply).toMatchObject({
      status: 200,
      json: {
        event: {
          version: 1,
          prn: expect.stringMatching(/:event:/),
          type: 'webhook',
          inserted_at: expect.stringMatching(WHOLE_SECONDS),
          data: { type: 'test_fire', data: { webhook_prn: prn } },
        },
      },
    });
    const sent = JSON.stringify((reply.json as { event: unknown }).event);
    await eventually(() => expect(deliveries.records.map((record) => String(record.value))).toContain(sent), {
      withinMs: 30_000,
    });
  });

  it('is refused while the webhook is disabled', async () => {
    const { prn } = await client.created();
    await client.call('PATCH', `/webhooks/${prn}`, { body: { state: 'disabled' } });
    expect(await client.call('POST', `/webhooks/${prn}/test_fire`)).toMatchObject({
      status: 422,
      json: { errors: { state: [expect.any(String)] } },
    });
  });
});
