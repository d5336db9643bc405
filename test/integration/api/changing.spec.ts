import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { after, status } from '../../support/answers.js';
import { eventually } from '../../support/eventually.js';
import { signatureFaults } from '../../support/signature-check.js';
import { WebhookClient, webhookOf, type Webhook } from './webhook-client.js';

let client: WebhookClient;

beforeAll(async () => {
  client = await WebhookClient.create();
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
});

describe('PATCH /webhooks/{prn}', () => {
  it('changes nothing for a PRN alone, an empty body or the same values', async () => {
    const webhook = await client.created({ description: 'd' });
    const { prn } = webhook;
    const before = await client.world.database.query('SELECT version FROM webhooks WHERE prn = $1', [prn]);
    const fired = client.receiver.requests.length;
    for (const body of [
      { prn },
      {},
      { prn, url: client.receiver.url, description: 'd', state: 'enabled', enabled_events: [] },
    ]) {
      const reply = await client.call('PATCH', `/webhooks/${prn}`, { body });
      expect(reply.status).toBe(200);
      expect(webhookOf(reply).updated_at).toBe(webhook.updated_at);
    }
    expect(await client.world.database.query('SELECT version FROM webhooks WHERE prn = $1', [prn])).toEqual(before);
    expect(client.receiver.requests.length).toBe(fired);
  });

  it('changes what is given, verifying a new URL and an enabling, and nothing else', async () => {
    const { prn, secret } = await client.created();
    const patch = async (body: Record<string, unknown>): Promise<{ webhook: Webhook; fired: number }> => {
      const before = client.receiver.requests.length;
      const reply = await client.call('PATCH', `/webhooks/${prn}`, { body: { prn, ...body } });
      expect(reply.status).toBe(200);
      return { webhook: webhookOf(reply), fired: client.receiver.requests.length - before };
    };
    expect(await patch({ description: 'new', enabled_events: ['device.updated'] })).toMatchObject({
      fired: 0,
      webhook: { description: 'new', enabled_events: ['device.updated'] },
    });
    expect(await patch({ description: null })).toMatchObject({ fired: 0, webhook: { description: null } });
    expect(await patch({ url: `${client.receiver.url}two` })).toMatchObject({
      fired: 1,
      webhook: { url: `${client.receiver.url}two` },
    });
    const last = client.receiver.requests.at(-1);
    expect(signatureFaults(last?.headers ?? {}, last?.body ?? Buffer.of(), [secret])).toEqual([]);
    expect(await patch({ state: 'disabled' })).toMatchObject({
      fired: 0,
      webhook: { state: 'disabled', disabled_by: 'user' },
    });
    expect(await patch({ url: `${client.receiver.url}three` })).toMatchObject({
      fired: 0,
      webhook: { state: 'disabled' },
    });
    expect(await patch({ state: 'enabled' })).toMatchObject({
      fired: 1,
      webhook: { state: 'enabled', disabled_by: null },
    });
  });

  it('leaves it as it was when the endpoint refuses', async () => {
    const { prn } = await client.created();
    client.receiver.answer('/broken', [status(503)]);
    const reply = await client.call('PATCH', `/webhooks/${prn}`, {
      body: { prn, url: `${client.receiver.url}broken`, description: 'x' },
    });
    expect(reply).toMatchObject({ status: 422, json: { errors: { url: [expect.stringContaining('503')] } } });
    expect(webhookOf(await client.call('GET', `/webhooks/${prn}`))).toMatchObject({
      url: client.receiver.url,
      description: null,
    });
  });

  it('refuses another PRN than the one in the path', async () => {
    const { prn } = await client.created();
    const reply = await client.call('PATCH', `/webhooks/${prn}`, { body: { prn: `${prn.slice(0, -1)}x` } });
    expect(reply).toMatchObject({ status: 422, json: { errors: { prn: [expect.any(String)] } } });
  });

  it('keeps every change of many at once', async () => {
    const { prn } = await client.created();
    const events = ['device.connected', 'device.updated'];
    const answers = await Promise.all([
      client.call('PATCH', `/webhooks/${prn}`, { body: { prn, description: 'both' } }),
      client.call('PATCH', `/webhooks/${prn}`, { body: { prn, enabled_events: events } }),
      client.call('PATCH', `/webhooks/${prn}`, { body: { prn, url: `${client.receiver.url}both` } }),
    ]);
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
    expect(webhookOf(await client.call('GET', `/webhooks/${prn}`))).toMatchObject({
      description: 'both',
      enabled_events: events,
      url: `${client.receiver.url}both`,
    });
  });

  it('refuses none of very many at once, and loses none', async () => {
    const { prn } = await client.created();
    const roll = (): ReturnType<typeof client.call> =>
      client.call('POST', `/webhooks/${prn}/roll_secret`, { body: { webhook_ttl: 0 } });
    const descriptions = Array.from({ length: 20 }, (_, index) => `the ${index}th`);
    const answers = await Promise.all([
      ...descriptions.map((description) => client.call('PATCH', `/webhooks/${prn}`, { body: { description } })),
      ...Array.from({ length: 8 }, roll),
    ]);
    expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 200));
    expect(answers.slice(0, 20).map((answer) => webhookOf(answer).description)).toEqual(descriptions);
    const [row] = await client.world.database.query<{ version: number; secrets: { sealed: string }[] }>(
      'SELECT version, secrets FROM webhooks WHERE prn = $1',
      [prn],
    );
    expect(row?.version).toBe(1 + answers.length);
    const left = (row?.secrets ?? []).map(({ sealed }) => client.world.openSecret(sealed, prn));
    expect(answers.slice(20).map((answer) => webhookOf(answer).secret)).toContain(left.join());
  });

  it('never ends enabled with a URL that was not verified', async () => {
    const { prn } = await client.created();
    const slow = `${client.receiver.url}slow`;
    await client.call('PATCH', `/webhooks/${prn}`, { body: { state: 'disabled' } });
    await client.call('PATCH', `/webhooks/${prn}`, { body: { url: slow } });
    client.receiver.answer('/slow', [after(1_000, status(200))]);
    client.receiver.answer('/unwilling', [status(500)]);
    const enabling = client.call('PATCH', `/webhooks/${prn}`, { body: { state: 'enabled' } });
    await eventually(() => expect(client.receiver.requests.at(-1)?.path).toBe('/slow'), { withinMs: 20_000 });
    // Of a disabled webhook: taken without a test fire, while the other one still waits for its answer.
    const moved = await client.call('PATCH', `/webhooks/${prn}`, { body: { url: `${client.receiver.url}unwilling` } });
    expect(moved.status).toBe(200);
    expect(await enabling).toMatchObject({ status: 422, json: { errors: { url: [expect.stringContaining('500')] } } });
    expect(webhookOf(await client.call('GET', `/webhooks/${prn}`))).toMatchObject({ state: 'disabled' });
  });
});

describe('DELETE /webhooks/{prn}', () => {
  it('answers 204 without a body, then 404', async () => {
    const { prn } = await client.created();
    const reply = await client.call('DELETE', `/webhooks/${prn}`);
    expect(reply).toMatchObject({ status: 204, text: '' });
    expect((await client.call('DELETE', `/webhooks/${prn}`)).status).toBe(404);
    expect((await client.call('GET', `/webhooks/${prn}`)).status).toBe(404);
  });
});
