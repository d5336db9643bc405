/** The bare reference: an undici `request` loop that signs and POSTs the same bodies over kept-alive connections, and nothing else. */
import { createHmac, createSecretKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Pool } from 'undici';
import { benchBody } from './bodies.js';

const CONNECTIONS = 50;
const WARM_UP = 20_000;

const [url = '', caFile = ''] = process.argv.slice(2);
// Connections outlast the pauses between its turns.
const pool = new Pool(url, {
  connections: CONNECTIONS,
  keepAliveTimeout: 600_000,
  keepAliveMaxTimeout: 600_000,
  connect: { ca: readFileSync(caFile) },
});
// A key object, as a careful loop would: a raw buffer is imported anew for every signature, which costs more than the signature.
const secret = createSecretKey(Buffer.alloc(16, 7));

let next = 0;
async function worker(total: number): Promise<void> {
  while (next < total) {
    const body = benchBody(next++);
    const publishedAt = `${new Date().toISOString().slice(0, 19)}Z`;
    const signature = createHmac('sha256', secret).update(publishedAt).update(body).digest('hex').toUpperCase();
    const standard = createHmac('sha256', secret).update(`id.${Date.now()}.`).update(body).digest('base64');
    const response = await pool.request({
      method: 'POST',
      path: '/hook',
      headers: {
        'content-type': 'application/json',
        'peridio-published-at': publishedAt,
        'peridio-signature': signature,
        'webhook-id': 'id',
        'webhook-timestamp': '0',
        'webhook-signature': `v1,${standard}`,
      },
      body,
    });
    await response.body.dump();
  }
}

async function run(total: number): Promise<void> {
  next = 0;
  await Promise.all(Array.from({ length: CONNECTIONS }, () => worker(total)));
}

process.on('message', ({ count }: { count: number }) => {
  const before = process.cpuUsage();
  void run(count).then(() => {
    const used = process.cpuUsage(before);
    process.send?.({ cpuSeconds: (used.user + used.system) / 1e6 });
  });
});
process.once('disconnect', () => void pool.close());

await run(WARM_UP);
process.send?.('warm');
