import { describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/eventually.js';
import { Receiver } from '../../support/receiver.js';
import { ApiWorld } from './api-world.js';

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

describe('a secret', () => {
  it('is in clear in the reply that made it, and in no table, topic, log line or other reply', async () => {
    await using world = await ApiWorld.create();
    await using receiver = await Receiver.listen();
    const created = await world.call('POST', '/webhooks', { body: { url: receiver.url } });
    const { prn, secret: first } = (created.json as { webhook: { prn: string; secret: string } }).webhook;
    const rolled = await world.call('POST', `/webhooks/${prn}/roll_secret`, { body: { webhook_ttl: 60 } });
    const { secret: second } = (rolled.json as { webhook: { secret: string } }).webhook;

    const places: string[] = [];
    for (const [method, path, body] of [
      ['GET', `/webhooks/${prn}`, undefined],
      ['GET', '/webhooks', undefined],
      ['PATCH', `/webhooks/${prn}`, { url: `${receiver.url}other` }],
      ['POST', `/webhooks/${prn}/test_fire`, undefined],
      ['GET', `/webhooks/${prn}/deliveries`, undefined],
      ['GET', '/users/me', undefined],
      ['GET', '/metrics', undefined],
    ] as const) {
      const reply = await world.call(method, path, { body });
      places.push(reply.text);
    }
    await using topic = await world.kafka.tail('webhook.config');
    await eventually(() => expect(topic.records.length).toBeGreaterThanOrEqual(4), { withinMs: 10_000 });
    for (const record of topic.records) places.push(String(record.value), record.value?.toString('latin1') ?? '');
    for (const table of ['webhooks', 'outbox', 'api_keys', 'organizations']) {
      const rows = await world.database.query<{ row: string }>(`SELECT t::text AS row FROM ${table} t`);
      places.push(...rows.map(({ row }) => row));
    }
    places.push(...world.logLines);

    expect(world.logLines.length).toBeGreaterThan(5);
    for (const spelling of [...spellings(first), ...spellings(second), world.key])
      for (const place of places) expect(place.includes(spelling)).toBe(false);

    const [row] = await world.database.query<{ secrets: { sealed: string }[] }>(
      'SELECT secrets FROM webhooks WHERE prn = $1',
      [prn],
    );
    expect(row?.secrets.map(({ sealed }) => world.openSecret(sealed, prn))).toEqual([first, second]);
    expect(() => world.openSecret(row?.secrets[0]?.sealed ?? '', `${prn}x`)).toThrow(/SECRET|sealed/);
  }, 60_000);
});
