import { describe, expect, it } from '@jest/globals';
import { findCompose, run } from './docker.js';

const APPS = ['ingest', 'router', 'delivery', 'recorder', 'api'];
const SINGLE = ['docker/compose.yaml'];
const CLUSTER = [...SINGLE, 'docker/compose.cluster.yaml'];

interface Service {
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly mem_limit?: string;
  readonly pids_limit?: number;
  readonly healthcheck?: { readonly interval?: string };
  readonly deploy?: { readonly replicas?: number };
  readonly ports?: readonly { readonly host_ip?: string; readonly published: string }[];
}

const compose = await findCompose();
if (compose === undefined)
  process.stderr.write('No Docker engine with Compose answers: the compose files are not read.\n');
const withDocker = compose === undefined ? describe.skip : describe;

withDocker('the compose files', () => {
  it.each([
    ['one machine', SINGLE],
    ['three brokers', CLUSTER],
  ])('of %s ask for nothing to be set, bound every container, and publish to this machine alone', async (_, files) => {
    const { services, warnings } = await read(files);
    expect(warnings).toBe('');
    expect(Object.keys(services)).toEqual(
      expect.arrayContaining([...APPS, 'keys', 'migrate', 'demo', 'prometheus', 'grafana']),
    );
    for (const [name, service] of Object.entries(services)) {
      expect([name, service.mem_limit === undefined]).toEqual([name, false]);
      expect([name, /:(latest)?$/.test(service.image)]).toEqual([name, false]);
      for (const { host_ip: address } of service.ports ?? []) expect([name, address]).toEqual([name, '127.0.0.1']);
    }
    const ports = Object.values(services).flatMap((service) => (service.ports ?? []).map(({ published }) => published));
    expect(new Set(ports).size).toBe(ports.length);
  });

  it.each([
    ['10s', {}],
    ['3s', { HEALTH_INTERVAL: '3s' }],
  ])('have every app asked for its health every %s with %j', async (interval, environment) => {
    const { services } = await read(CLUSTER, environment);
    expect(APPS.map((app) => services[app]?.healthcheck?.interval)).toEqual(APPS.map(() => interval));
  });

  it('of three brokers have every app use all of them, and every topic on all of them', async () => {
    const { services } = await read(CLUSTER);
    for (const app of APPS)
      expect(services[app]?.environment).toMatchObject({
        KAFKA_BROKERS: 'kafka:9092,kafka-2:9092,kafka-3:9092',
        KAFKA_REPLICATION_FACTOR: '3',
      });
    const brokers = ['kafka', 'kafka-2', 'kafka-3'].map((name) => services[name]?.environment);
    for (const broker of brokers)
      expect(broker).toMatchObject({
        CLUSTER_ID: brokers[0]?.['CLUSTER_ID'],
        KAFKA_CONTROLLER_QUORUM_VOTERS: '1@kafka:9093,2@kafka-2:9093,3@kafka-3:9093',
        KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '3',
      });
    expect(brokers.map((broker) => broker?.['KAFKA_NODE_ID'])).toEqual(['1', '2', '3']);
    expect([services['router']?.deploy?.replicas, services['delivery']?.deploy?.replicas]).toEqual([2, 3]);
  });
});

async function read(
  files: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<{ services: Record<string, Service>; warnings: string }> {
  const options = files.flatMap((file) => ['--file', file]);
  const all = ['--profile', 'demo', '--profile', 'grafana'];
  const command = [...(compose ?? ['docker']), ...options, ...all, 'config', '--format', 'json'] as const;
  const { code, output, stdout } = await run([...command], environment);
  expect(`${code} ${code === 0 ? '' : output}`).toBe('0 ');
  const { services } = JSON.parse(stdout) as { services: Record<string, Service> };
  return { services, warnings: output.slice(stdout.length) };
}
