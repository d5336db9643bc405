import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PeridioCli, peridioCliPath, type CliResult } from '../../support/peridio-cli.js';
import { WebhookClient, type Webhook } from './webhook-client.js';

const path = peridioCliPath();

/** Peridio's command-line client, unmodified, where it is installed: `PERIDIO_CLI=/path/to/peridio npm run test:peridio-cli`. */
(path === undefined ? describe.skip : describe)('peridio (set PERIDIO_CLI to its path to run this)', () => {
  let client: WebhookClient;
  let cli: PeridioCli;
  let organization: string;

  beforeAll(async () => {
    client = await WebhookClient.create();
    const { port } = client.world.app.getHttpServer().address() as { port: number };
    cli = new PeridioCli(path ?? '', `http://127.0.0.1:${port}`, client.world.key);
    const me = printed(await cli.run('users', 'me')) as { data: { organization_prn: string } };
    organization = me.data.organization_prn;
  });

  afterAll(async () => {
    await client[Symbol.asyncDispose]();
  });

  async function create(...more: string[]): Promise<Webhook> {
    const command = ['webhooks', 'create', '--url', client.receiver.url, ...more];
    return webhookIn(await cli.runAny([...command, '--organization-prn', organization], command));
  }

  it('creates, gets, updates and deletes', async () => {
    const events = 'device.release-changed,device.connected';
    const { prn, ...created } = await create('--description', "it's ~ é", '--enabled-events', events);
    expect(created).toMatchObject({
      description: "it's ~ é",
      enabled_events: ['device.release_changed', 'device.connected'],
      state: 'enabled',
      secret: expect.stringMatching(/^[0-9A-F]{32}$/),
    });
    expect(webhookIn(await cli.run('webhooks', 'get', '--prn', prn))).toMatchObject({ prn, url: client.receiver.url });
    expect(webhookIn(await cli.run('webhooks', 'update', '--prn', prn))).toMatchObject({ prn, state: 'enabled' });
    const disable = ['webhooks', 'update', '--prn', prn, '--state', 'disabled', '--enabled-events', 'device.updated'];
    expect(webhookIn(await cli.run(...disable))).toMatchObject({
      state: 'disabled',
      enabled_events: ['device.updated'],
    });
    const url = `${client.receiver.url}two`;
    expect(
      webhookIn(await cli.run('webhooks', 'update', '--prn', prn, '--state', 'enabled', '--url', url)),
    ).toMatchObject({ state: 'enabled', url });
    const gone = await cli.runAny(['webhooks', 'delete', '--webhook-prn', prn], ['webhooks', 'delete', '--prn', prn]);
    expect(gone).toEqual({ kind: 'printed', json: undefined });
    expect(await cli.run('webhooks', 'get', '--prn', prn)).toEqual({
      kind: 'failed',
      failure: expect.stringContaining('Not Found'),
    });
  });

  it('lists, searches and pages', async () => {
    const { prn } = await create('--description', 'a ~needle~');
    const search = `description~'~needle' and inserted_at>='2026-01-01T00:00:00Z' and prn:'${prn}'`;
    const found = printed(await cli.run('webhooks', 'list', '--search', search, '--order', 'desc', '--limit', '1'));
    expect(found).toMatchObject({ webhooks: [{ prn }], next_page: null });
    await create();
    const list = ['webhooks', 'list', '--search', '', '--limit', '1'];
    const first = printed(await cli.run(...list)) as { webhooks: Webhook[]; next_page: string };
    const second = printed(await cli.run(...list, '--page', first.next_page)) as { webhooks: Webhook[] };
    expect(second.webhooks[0]?.prn).not.toBe(first.webhooks[0]?.prn);
    expect(await cli.run('webhooks', 'list', '--search', 'x', '--limit', '1')).toEqual({
      kind: 'failed',
      failure: expect.stringContaining('at character 2'),
    });
  });

  it('rolls a secret and fires a test', async () => {
    const { prn, secret } = await create();
    const rolled = webhookIn(await cli.run('webhooks', 'roll-secret', '--prn', prn));
    expect(rolled.secret).toMatch(/^[0-9A-F]{32}$/);
    expect(rolled.secret).not.toBe(secret);
    expect(printed(await cli.run('webhooks', 'test-fire', '--prn', prn))).toMatchObject({
      event: { type: 'webhook', data: { type: 'test_fire', data: { webhook_prn: prn } } },
    });
  });
});

function printed(result: CliResult): unknown {
  if (result.kind === 'failed') throw new Error(result.failure);
  return result.json;
}

function webhookIn(result: CliResult): Webhook {
  return (printed(result) as { webhook: Webhook }).webhook;
}
