import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readAppSettings } from '@fleethook/config';
import { openHeaders, SecretSealer, type WebhookConfig } from '@fleethook/messages';
import { createLog, createMetrics } from '@fleethook/observability';
import { resealSecrets, type ResealOutcome } from '../../../apps/api/src/secrets/reseal-secrets.js';
import { eventually } from '../../support/eventually.js';
import { Receiver } from '../../support/receiver.js';
import { signatureFaults } from '../../support/signature-check.js';
import { ApiWorld, type Reply } from './api-world.js';

let receiver: Receiver;

beforeAll(async () => {
  receiver = await Receiver.listen();
});

afterAll(async () => {
  await receiver[Symbol.asyncDispose]();
});

const webhookOf = (reply: Reply): { prn: string; secret: string } =>
  (reply.json as { webhook: { prn: string; secret: string } }).webhook;

function reseal(world: ApiWorld, keys: string): Promise<ResealOutcome> {
  const settings = readAppSettings('api', { DATABASE_URL: world.database.url, SECRETS_KEY: keys });
  const log = createLog({ app: 'reseal', level: 'silent', format: 'json' });
  return resealSecrets(settings, { log, metrics: createMetrics() }, 20_000);
}

describe('SECRETS_KEY', () => {
  it('can be exchanged: after everything was sealed anew the old one is needed by nobody', async () => {
    await using world = await ApiWorld.create();
    const [oldKey, newKey] = [world.secretsKey, randomBytes(32).toString('base64')];
    const make = () =>
      world.call('POST', '/webhooks', {
        body: { url: receiver.url, headers: { 'x-token': 't' }, basic_auth: { username: 'u', password: 'p' } },
        headers: { 'idempotency-key': 'made' },
      });
    const created = await make();
    const { prn, secret } = webhookOf(created);
    const rolled = webhookOf(await world.call('POST', `/webhooks/${prn}/roll_secret`, { body: { webhook_ttl: 600 } }));
    await world.stopApp();

    await world.startApp({ SECRETS_KEY: `${newKey},${oldKey}` });
    expect(await reseal(world, `${newKey},${oldKey}`)).toEqual({ webhooks: 1, replies: 1, unreadable: [], waiting: 0 });
    expect(await reseal(world, `${newKey},${oldKey}`)).toEqual({ webhooks: 0, replies: 0, unreadable: [], waiting: 0 });
    // Already: nobody has to wait for the next change of the webhook.
    const sealer = new SecretSealer([newKey]);
    await using configuration = await world.configuration();
    await eventually(
      () => {
        const message = configuration.messages.get(prn) as WebhookConfig;
        const opened = message.secrets.map(({ sealed }) => sealer.open(sealed, prn).toString('hex').toUpperCase());
        expect(opened).toEqual([secret, rolled.secret]);
        expect(Object.keys(openHeaders(sealer, message, prn) ?? {})).toEqual(['x-token', 'authorization']);
      },
      { withinMs: 30_000 },
    );
    await world.stopApp();

    await world.startApp({ SECRETS_KEY: newKey });
    // Nothing that a client sees has changed, and both secrets still sign.
    expect(await make()).toMatchObject({ status: 201, text: created.text, headers: { 'idempotent-replayed': 'true' } });
    const moved = await world.call('PATCH', `/webhooks/${prn}`, { body: { url: `${receiver.url}moved` } });
    expect(moved.status).toBe(200);
    const { headers = {}, body = Buffer.of() } = receiver.requests.at(-1) ?? {};
    for (const one of [secret, rolled.secret]) expect(signatureFaults(headers, body, [one])).toEqual([]);

    // It was no change of the webhook.
    const audited = await world.database.query('SELECT action FROM audit_log WHERE resource_prn = $1 ORDER BY id', [
      prn,
    ]);
    expect(audited).toEqual(
      ['webhook.created', 'webhook.secret_rolled', 'webhook.updated'].map((action) => ({ action })),
    );
  });

  it('names what none of the keys opens, leaves it as it is, and seals the rest', async () => {
    await using world = await ApiWorld.create();
    const newKey = randomBytes(32).toString('base64');
    const create = async () => webhookOf(await world.call('POST', '/webhooks', { body: { url: receiver.url } }));
    const [lost, kept] = [await create(), await create()];
    const foreign = new SecretSealer([randomBytes(32).toString('base64')]).seal(Buffer.from('x'), lost.prn);
    await world.database.query(`UPDATE webhooks SET secrets = $2 WHERE prn = $1`, [
      lost.prn,
      JSON.stringify([{ sealed: foreign }]),
    ]);
    const outcome = await reseal(world, `${newKey},${world.secretsKey}`);
    expect(outcome).toMatchObject({ webhooks: 1, unreadable: [lost.prn] });
    const sealedOf = async (prn: string): Promise<string | undefined> => {
      const [row] = await world.database.query<{ secrets: { sealed: string }[] }>(
        'SELECT secrets FROM webhooks WHERE prn = $1',
        [prn],
      );
      return row?.secrets[0]?.sealed;
    };
    expect(await sealedOf(lost.prn)).toBe(foreign);
    expect(new SecretSealer([newKey]).isStale((await sealedOf(kept.prn)) ?? '')).toBe(false);
  });
});
