import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/eventually.js';
import { Receiver } from '../../support/receiver.js';
import { ApiWorld } from './api-world.js';
import { apiKeyOf, madeKey } from './key-client.js';

/** Every way in which a secret of ours could be written down. */
function spellings(secret: string): string[] {
  const bytes = Buffer.from(secret, 'hex');
  return [
    secret,
    secret.toLowerCase(),
    bytes.toString('base64'),
    bytes.toString('base64url'),
    bytes.toString('latin1'),
  ];
}

describe('a secret or a key', () => {
  it('is in clear in the reply that made it, and in no table, topic, log line or other reply', async () => {
    const operatorKey = randomBytes(24).toString('hex');
    await using world = await ApiWorld.create({ environment: { OPERATOR_API_KEY: operatorKey } });
    await using receiver = await Receiver.listen();
    const created = await world.call('POST', '/webhooks', {
      body: { url: receiver.url },
      headers: { 'idempotency-key': 'made-once' },
    });
    const { prn, secret: first } = (created.json as { webhook: { prn: string; secret: string } }).webhook;
    const rolled = await world.call('POST', `/webhooks/${prn}/roll_secret`, { body: { webhook_ttl: 60 } });
    const { secret: second } = (rolled.json as { webhook: { secret: string } }).webhook;

    const { prn: keyPrn, key } = await madeKey(world, ['read', 'publish']);
    const { organization_prn: organization } = (created.json as { webhook: { organization_prn: string } }).webhook;
    const byOperator = await world.call('POST', `/organizations/${organization}/api-keys`, {
      key: operatorKey,
      body: {},
      headers: { 'idempotency-key': 'made-once' },
    });
    const { key: operatorsKey = '' } = apiKeyOf(byOperator);

    const places: string[] = [];
    for (const [method, path, body] of [
      ['GET', `/webhooks/${prn}`, undefined],
      ['GET', '/webhooks', undefined],
      ['PATCH', `/webhooks/${prn}`, { url: `${receiver.url}other` }],
      ['POST', `/webhooks/${prn}/test_fire`, undefined],
      ['GET', `/webhooks/${prn}/deliveries`, undefined],
      ['GET', '/users/me', undefined],
      ['GET', '/api-keys', undefined],
      ['GET', `/api-keys/${keyPrn}`, undefined],
      ['PATCH', `/api-keys/${keyPrn}`, { name: 'renamed' }],
      ['GET', '/audit-log?limit=100', undefined],
      ['GET', '/metrics', undefined],
    ] as const) {
      const reply = await world.call(method, path, { body });
      places.push(reply.text);
    }
    for (const [topic, atLeast] of [
      ['webhook.config', 7],
      ['fleet.events', 2],
      ['webhook.deliveries', 1],
    ] as const) {
      await using tail = await world.kafka.tail(topic);
      await eventually(() => expect(tail.records.length).toBeGreaterThanOrEqual(atLeast), { withinMs: 30_000 });
      for (const { value, headers } of tail.records)
        places.push(String(value), value?.toString('latin1') ?? '', ...Object.values(headers).map(String));
    }
    const tables = await world.database.query<{ table: string }>(
      `SELECT relname AS table FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace`,
    );
    for (const { table } of tables) {
      const rows = await world.database.query<{ row: string }>(`SELECT t::text AS row FROM ${table} t`);
      places.push(...rows.map(({ row }) => row));
    }
    places.push(...world.logLines);

    expect(world.logLines.length).toBeGreaterThan(5);
    for (const spelling of [...spellings(first), ...spellings(second), world.key, key, operatorsKey, operatorKey])
      for (const place of places) expect(place.includes(spelling)).toBe(false);

    const [row] = await world.database.query<{ secrets: { sealed: string }[] }>(
      'SELECT secrets FROM webhooks WHERE prn = $1',
      [prn],
    );
    expect(row?.secrets.map(({ sealed }) => world.openSecret(sealed, prn))).toEqual([first, second]);
    expect(() => world.openSecret(row?.secrets[0]?.sealed ?? '', `${prn}x`)).toThrow(/SECRET|sealed/);
  });
});
