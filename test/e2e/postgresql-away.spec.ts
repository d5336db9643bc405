import { describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { ok, Receiver, status, type Answer } from '../support/receiver.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { World } from '../support/world.js';
import { services } from '../support/services.js';

/** Fails the first try of every third event. */
function everyThirdFailsOnce(): Answer {
  const seen = new Set<unknown>();
  return (exchange) => {
    const id = exchange.request.headers['webhook-id'];
    const first = !seen.has(id);
    seen.add(id);
    (first && seen.size % 3 === 0 ? status(500) : ok())(exchange);
  };
}

describe('with PostgreSQL away', () => {
  it('events are accepted, delivered and retried, and the history is complete afterwards (promise 8)', async () => {
    const target = new URL(services().databaseUrl);
    await using proxy = await TcpProxy.before({ host: target.hostname, port: Number(target.port) });
    await using world = await World.create({
      apps: ['ingest', 'router', 'delivery', 'recorder'],
      databaseUrl: (url) => proxy.through(url),
    });
    await using receiver = await Receiver.listen();
    const webhook = await world.createWebhook(receiver, '/away');
    receiver.answer('/away', [everyThirdFailsOnce()]);
    const ledger = await world.ledger();
    await world.post(ledger.issue(100));

    proxy.mode = 'refuse';
    await eventually(async () => expect((await fetch(`${world.app('api').url}/health/ready`)).status).toBe(503), {
      withinMs: 30_000,
    });
    await world.post(ledger.issue(600));
    await eventually(() => expect(ledger.balance(taken(receiver)).missing.length).toBe(0), {
      withinMs: 60_000,
      explain: () => world.explain(),
    });
    const refused = await world.call<{ errors: unknown }>('GET', `/webhooks/${webhook.prn}`);
    expect(refused.status).toBe(503);
    // What the data plane needs it has: a process of it can even start anew.
    await world.killAndReplace('delivery');
    await world.post(ledger.issue(200));
    await eventually(() => expect(ledger.balance(taken(receiver)).missing.length).toBe(0), {
      withinMs: 60_000,
      explain: () => world.explain(),
    });

    proxy.mode = 'pass';
    await eventually(
      async () => {
        const [row] = await world.query<{ delivered: string; attempts: string }>(
          `SELECT count(*) FILTER (WHERE delivered_at IS NOT NULL) AS delivered, sum(attempt_count) AS attempts FROM deliveries`,
        );
        expect(Number(row?.delivered)).toBe(900);
        expect(Number(row?.attempts)).toBeGreaterThanOrEqual(1_100);
      },
      { withinMs: 90_000, explain: () => world.explain() },
    );
    expect((await world.call('GET', `/webhooks/${webhook.prn}`)).status).toBe(200);
  });
});

function taken(receiver: Receiver): string[] {
  return receiver.answered('/away', 200).map(({ body }) => (JSON.parse(body.toString('utf8')) as { prn: string }).prn);
}
