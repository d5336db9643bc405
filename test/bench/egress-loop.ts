/** `reference-loop`, by our own means: libs/signing and libs/egress, with as many deliveries in flight. */
import { EgressClient } from '@fleethook/egress';
import { createLog, createMetrics } from '@fleethook/observability';
import { signPeridio, signStandardWebhooks } from '@fleethook/signing';
import { benchBody } from './bodies.js';

const [url = '', caFile = '', count = '0', connections = '50'] = process.argv.slice(2);
const client = new EgressClient(
  { allowCidrs: ['127.0.0.0/8', '::1/128'], caFile, connectTimeoutMs: 3_000, maxResponseBytes: 16_384 },
  { log: createLog({ app: 'bench', level: 'silent', format: 'json' }), metrics: createMetrics() },
);
const secrets = [Buffer.alloc(16, 7)];

let next = 0;
let failed = 0;
async function worker(total: number): Promise<void> {
  while (next < total) {
    const body = benchBody(next++);
    const nowMs = Date.now();
    const publishedAt = `${new Date(nowMs).toISOString().slice(0, 19)}Z`;
    const timestamp = Math.floor(nowMs / 1_000);
    const result = await client.post({
      url: `${url}/hook`,
      headers: {
        'content-type': 'application/json',
        'peridio-published-at': publishedAt,
        'peridio-signature': signPeridio(publishedAt, body, secrets),
        'webhook-id': 'id',
        'webhook-timestamp': String(timestamp),
        'webhook-signature': signStandardWebhooks('id', timestamp, body, secrets),
      },
      body,
      timeoutMs: 10_000,
    });
    if (result.kind === 'failure' || result.status !== 200) failed++;
  }
}

async function run(total: number): Promise<void> {
  next = 0;
  await Promise.all(Array.from({ length: Number(connections) }, () => worker(total)));
}

// As warm as what it is compared with.
await run(20_000);
const before = process.cpuUsage();
await run(Number(count));
const used = process.cpuUsage(before);
if (failed > 0) throw new Error(`${failed} of the deliveries failed: the figure would mean nothing`);
process.send?.({ type: 'done', cpuSeconds: (used.user + used.system) / 1e6 });
await client.close();
process.disconnect();
