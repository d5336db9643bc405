import { once } from 'node:events';
import { createServer } from 'node:https';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { BenchServices } from '../bench-services.js';
import type { Figure } from '../figure.js';
import { floorOf } from '../floor.js';
import { certificates } from '../../support/certificates.js';
import { EventFlow } from '../../support/event-flow.js';
import { signatureFaults } from '../../support/signature-check.js';
import { World } from '../../support/world.js';
import { until } from '../bench-world.js';

const PER_SECOND = 1_000;
const OVERLAP_SECONDS = 1;
const LIMIT_SECONDS = 2;
const SEEN_WITHIN_MS = 30_000;
const DEVICE = { steady: 'even', rolled: 'odd' } as const;

const wants = (identifier: string): Record<string, unknown> => ({ filter: { devices: [identifier] } });

/** From the acknowledgement of a roll to the first delivery that its new secret signs, while 1,000 events a second flow. */
export async function rolls(services: BenchServices, count: number): Promise<Figure[]> {
  process.env['FLEETHOOK_TEST_KAFKA'] = services.kafkaBrokers.join(',');
  process.env['FLEETHOOK_TEST_DATABASE'] = services.databaseUrl;
  await using receiver = await SecretWatch.listen();
  await using world = await World.create({ apps: ['ingest', 'router', 'delivery'] });
  const events = ['device.claimed_release'];
  await world.createWebhook(receiver, '/steady', events, wants(DEVICE.steady));
  const rolled = await world.createWebhook(receiver, '/rolled', events, wants(DEVICE.rolled));

  const flow = new EventFlow(world, await world.organization(), PER_SECOND);
  await until(() => Promise.resolve(flow.posted.length > 3 * PER_SECOND), SEEN_WITHIN_MS, 'events flow');
  const secondsOf: number[] = [];
  while (secondsOf.length < count) {
    const reply = await world.call<{ webhook: { secret: string } }>('POST', `/webhooks/${rolled.prn}/roll_secret`, {
      webhook_ttl: OVERLAP_SECONDS,
    });
    if (reply.status !== 200) throw new Error(`the roll was answered with ${reply.status}`);
    const acknowledgedAtMs = performance.now();
    const seen = receiver.watchFor(reply.body.webhook.secret);
    await until(() => Promise.resolve(seen.atMs !== undefined), SEEN_WITHIN_MS, 'a delivery bears the new signature');
    secondsOf.push(Math.max(0, (seen.atMs ?? acknowledgedAtMs) - acknowledgedAtMs) / 1_000);
    // A webhook has at most three live secrets.
    await pause(OVERLAP_SECONDS * 1_000);
  }
  const [first, last, posted] = [flow.posted[0], flow.posted.at(-1), flow.posted.length];
  await flow.stop();
  const sorted = secondsOf.toSorted((one, other) => one - other);
  return [
    {
      name: `a roll reaches delivery, p99 of ${count}`,
      unit: 's',
      measured: sorted[Math.min(count - 1, Math.floor(count * 0.99))] ?? Number.NaN,
      reference: LIMIT_SECONDS,
      referenceName: 'limit',
      bound: floorOf('rolls'),
    },
    {
      name: 'events flowed meanwhile',
      unit: 'events/s',
      measured: (posted * 1_000) / ((last?.acceptedAtMs ?? 0) - (first?.postedAtMs ?? 0)),
      reference: PER_SECOND,
      referenceName: 'wanted',
      bound: floorOf('rolls / rate'),
    },
  ];
}

/** A receiver that says when the first delivery came that a secret signed. */
class SecretWatch implements AsyncDisposable {
  #watched: { readonly secret: string; atMs: number | undefined } | undefined;

  private constructor(private readonly server: ReturnType<typeof createServer>) {
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        this.#note(request, Buffer.concat(chunks));
        response.writeHead(200, { 'content-length': 0 }).end();
      });
    });
  }

  static async listen(): Promise<SecretWatch> {
    const { server: certificate } = await certificates();
    const server = createServer({ ...certificate, keepAliveTimeout: 120_000 });
    server.on('tlsClientError', () => {});
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new SecretWatch(server);
  }

  get url(): string {
    return `https://localhost:${(this.server.address() as AddressInfo).port}/`;
  }

  /** Only the secrets of rolls are looked for. */
  expectSignatures(): void {}

  watchFor(secret: string): { readonly atMs: number | undefined } {
    this.#watched = { secret, atMs: undefined };
    return this.#watched;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  #note(request: IncomingMessage, body: Buffer): void {
    const watched = this.#watched;
    if (request.url !== '/rolled' || watched === undefined || watched.atMs !== undefined) return;
    if (signatureFaults(request.headers, body, [watched.secret]).length === 0) watched.atMs = performance.now();
  }
}
