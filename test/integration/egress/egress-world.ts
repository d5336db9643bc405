import { EgressClient, type EgressOptions, type EgressResult } from '@fleethook/egress';
import { createLog, createMetrics, type Metrics } from '@fleethook/observability';
import { certificates } from '../../support/certificates.js';

/** An egress client that trusts the test authority and may call loopback, closed with the test. */
export interface EgressWorld extends AsyncDisposable {
  readonly client: EgressClient;
  readonly metrics: Metrics;
  post(url: string, options?: PostOptions): Promise<EgressResult>;
}

export interface PostOptions {
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

const log = createLog({ app: 'egress', level: 'silent', format: 'json' });

/** Long enough never to be reached by accident. */
const AMPLE_MS = 20_000;

export async function egressWorld(options: Partial<EgressOptions> = {}): Promise<EgressWorld> {
  const { caFile } = await certificates();
  const metrics = createMetrics();
  const client = new EgressClient(
    { allowCidrs: ['127.0.0.0/8'], caFile, connectTimeoutMs: AMPLE_MS, maxResponseBytes: 16_384, ...options },
    { log, metrics },
  );
  return {
    client,
    metrics,
    post: (url, { body = '{}', headers = {}, timeoutMs = AMPLE_MS } = {}) =>
      client.post({ url, headers, body: Buffer.from(body), timeoutMs }),
    [Symbol.asyncDispose]: () => client.close(),
  };
}

/** The value of one metric, 0 when it has none yet. */
export async function metricValue(metrics: Metrics, name: string, labels = ''): Promise<number> {
  const text = await metrics.registry.metrics();
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${name}${labels} `));
  return line === undefined ? 0 : Number(line.split(' ').at(-1));
}
