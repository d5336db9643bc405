import { describe, expect, it } from '@jest/globals';
import { BackgroundTask } from '../support/background-task.js';
import { eventually } from '../support/eventually.js';
import { KafkaCluster } from '../support/kafka-cluster.js';
import { after, ok, Receiver } from '../support/receiver.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { World } from '../support/world.js';
import { ClusterTraffic } from './cluster-traffic.js';
import { takenAt } from './taken.js';

const TIMES = 3;
/** Per webhook, see `WEBHOOK_CONCURRENCY`. */
const IN_FLIGHT = 20;
const BATCH = 100;

describe('connections that the network has forgotten', () => {
  it('to the broker are given up, and nothing acknowledged is lost (promise 2)', async () => {
    await using stack = new AsyncDisposableStack();
    const proxies: TcpProxy[] = [];
    const cluster = stack.use(
      await KafkaCluster.start({
        nodes: 1,
        advertise: async (port) => {
          const proxy = stack.use(await TcpProxy.before({ host: '127.0.0.1', port }));
          proxies.push(proxy);
          return proxy.port;
        },
      }),
    );
    await using traffic = await ClusterTraffic.start(cluster.brokers, { partitions: 6, replicationFactor: 1 });
    await traffic.handles(3_000);
    const committed = await traffic.committed();
    for (const proxy of proxies) proxy.forgetConnections();
    // At the latest when a silence is longer than any answer may take.
    await traffic.reaches(traffic.acknowledged + 2_000);
    const balance = await traffic.finish();
    process.stdout.write(
      `forgotten connections to the broker: ${JSON.stringify(balance)}, ${committed} committed before\n`,
    );
    expect(balance.lost).toBe(0);
    // What was fetched by then is handled yet, but no commit of it arrives.
    expect(balance.handledAgain).toBeLessThanOrEqual(balance.handledBefore - committed);
  });

  it('to a receiver are given up with the attempts on them, and nothing else is sent again (promise 2)', async () => {
    await using world = await World.create({
      apps: ['ingest', 'router', 'delivery', 'recorder'],
      // Long enough for a busy machine: an attempt that is given up for that would be one too many.
      environment: { DELIVERY_TIMEOUT: '5s', WEBHOOK_CONCURRENCY: String(IN_FLIGHT) },
    });
    await using receiver = await Receiver.listen();
    await using proxy = await TcpProxy.before({ host: '127.0.0.1', port: receiver.port });
    await world.createWebhook(
      {
        url: proxy.through(receiver.url),
        expectSignatures: (path, secrets) => receiver.expectSignatures(path, secrets),
      },
      '/forgotten',
    );
    receiver.answer('/forgotten', [after(10, ok())]);
    const ledger = await world.ledger();
    for (let time = 0; time < TIMES; time += 1) {
      const before = receiver.requests.length;
      await using load = new BackgroundTask(async (signal) => {
        for (let batches = 0; batches < 8 && !signal.aborted; batches += 1) await world.post(ledger.issue(BATCH));
      });
      await eventually(() => expect(receiver.requests.length).toBeGreaterThan(before + 200), { withinMs: 60_000 });
      proxy.forgetConnections();
      await load.ended;
      await eventually(() => expect(ledger.balance(takenAt(receiver, '/forgotten')).missing.length).toBe(0), {
        withinMs: 60_000,
        explain: () => world.explain(),
      });
    }
    const { accepted, duplicates } = ledger.balance(takenAt(receiver, '/forgotten'));
    process.stdout.write(
      `connections to the receiver forgotten ${TIMES} times: ${accepted} accepted, 0 lost, ${duplicates} duplicates\n`,
    );
    expect(duplicates).toBeLessThanOrEqual(TIMES * IN_FLIGHT);
    expect(receiver.badSignatures).toEqual([]);
  });
});
