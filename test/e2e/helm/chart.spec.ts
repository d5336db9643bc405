import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readAppSettings, SETTINGS_BY_APP, type AppName } from '@fleethook/config';
import { parseAllDocuments, stringify } from 'yaml';
import { run } from '../compose/docker.js';

const CHART = path.join(process.cwd(), 'docker', 'helm', 'fleethook');
const APPS = ['ingest', 'router', 'delivery', 'recorder', 'api'] as const satisfies AppName[];
/** What is set for all may be read by one. */
const KNOWN = Object.values(SETTINGS_BY_APP).flatMap((settings) =>
  Object.values(settings).map(({ variable }) => variable),
);
const SECRETS_KEY = Buffer.alloc(32, 7).toString('base64');

/** Everything that the chart can do, at once. */
const EVERYTHING = [
  'kafka.saslMechanism=scram-sha-512,kafka.saslUsername=fleethook,kafka.ssl=true',
  'secrets.kafkaSaslPassword.name=kafka',
  'keda.authentication=kafka,serviceMonitor.enabled=true',
  'apps.ingest.autoscaling.by=cpu,apps.delivery.autoscaling.by=lag',
  'networkPolicies.monitoring[0].namespaceSelector.matchLabels.team=monitoring',
  'settings.RETRY_HORIZON=24h,apps.delivery.settings.DELIVERY_CONCURRENCY=500,apps.delivery.settings.LOG_LEVEL=debug',
];

/** No Secret holds the address of PostgreSQL. */
const ADDRESS_IN_SETTINGS = ['secrets.databaseUrl.name=', 'settings.DATABASE_URL=postgres://db/fleethook'];

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: Readonly<Record<string, unknown>>;
}

interface PodSpec {
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly containers: readonly {
    readonly args: readonly string[];
    readonly env: readonly { readonly name: string; readonly value: string }[];
    readonly ports: readonly { readonly containerPort: number }[];
    readonly securityContext: Readonly<Record<string, unknown>>;
    /** None: there is nothing to mount. */
    readonly volumeMounts: readonly { readonly name: string }[] | null;
  }[];
  readonly volumes: readonly { readonly name: string }[] | null;
}

const helm = (await run(['helm', 'version'])).code === 0;
if (!helm)
  process.stderr.write(
    'There is no helm here: the chart is not tested (`go install helm.sh/helm/v4/cmd/helm@latest`).\n',
  );
const withHelm = helm ? describe : describe.skip;

// It fetches the schemas of Kubernetes when it is asked.
const kubeconform = helm && (await conforms('apiVersion: v1\nkind: Namespace\nmetadata: { name: any }\n')).code === 0;
if (helm && !kubeconform)
  process.stderr.write(
    'There is no kubeconform here, or no schemas for it: the chart is not held to those of Kubernetes.\n',
  );
const withSchemas = kubeconform ? describe : describe.skip;

withHelm('the chart', () => {
  it('is good by its own tool', async () => {
    const { code, output } = await run(['helm', 'lint', '--strict', CHART]);
    expect(`${code} ${output}`).toMatch(/^0 /);
  });

  it.each([
    ['as it comes', []],
    ['with everything', EVERYTHING],
  ])('%s, gives every app settings that it takes, and secrets as files where it needs them', async (_, values) => {
    const manifests = await rendered(values);
    for (const app of APPS) {
      const [container] = podOf(manifests, app).containers;
      expect(container?.args).toEqual([app]);
      const environment = Object.fromEntries((container?.env ?? []).map(({ name, value }) => [name, value]));
      const files = Object.keys(environment).filter((name) => name.endsWith('_FILE'));
      expect(files.toSorted()).toEqual(secretsOf(app, values).toSorted());
      // The files are in the cluster; what they hold is given here instead.
      const rest = Object.entries(environment).filter(([name]) => !files.includes(name));
      const held = files.includes('KAFKA_SASL_PASSWORD_FILE') ? { KAFKA_SASL_PASSWORD: 'of the cluster' } : {};
      const settings = readAppSettings(app, { SECRETS_KEY, ...held, ...Object.fromEntries(rest) });
      expect(settings.kafkaReplicationFactor).toBe(3);
      for (const [name] of rest) expect(KNOWN).toContain(name);
    }
    expect(manifests.filter(({ kind }) => kind === 'Secret')).toEqual([]);
  });

  it('runs without rights that it does not need', async () => {
    const manifests = await rendered([]);
    for (const name of [...APPS, 'migrate']) {
      const pod = podOf(manifests, name);
      expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1_000 });
      for (const { securityContext } of pod.containers)
        expect(securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
    }
  });

  it("lets an app's own settings come before those of all", async () => {
    const manifests = await rendered(EVERYTHING);
    const levels = APPS.map((app) => podOf(manifests, app).containers[0]?.env.find(({ name }) => name === 'LOG_LEVEL'));
    expect(levels.map((level) => level?.value)).toEqual(['info', 'info', 'debug', 'info', 'info']);
  });

  it('leaves the number of processes to whoever scales them', async () => {
    const manifests = await rendered(EVERYTHING);
    const scaled = manifests.filter(({ kind }) => kind === 'HorizontalPodAutoscaler' || kind === 'ScaledObject');
    expect(scaled.map(({ metadata }) => metadata.name).toSorted()).toEqual(['fh-delivery', 'fh-ingest']);
    const replicas = APPS.map((app) => [app, deploymentOf(manifests, app).spec['replicas']]);
    expect(Object.fromEntries(replicas)).toEqual({ router: 2, recorder: 2, api: 2 });
  });

  it('refuses to scale by a lag that an app does not have', async () => {
    const { code, output } = await template(['apps.api.autoscaling.by=lag']);
    expect(code).not.toBe(0);
    expect(output).toContain('apps.api.autoscaling.by: it reads no topic, so it has no lag; use cpu');
  });

  it('writes numbers of a file of values as they stand there', async () => {
    const values = { settings: { INGEST_MAX_QUEUED: 67_108_864, OTEL_TRACES_SAMPLER_ARG: 0.25, KAFKA_SSL: false } };
    const manifests = await rendered([], {
      ...values,
      apps: { router: { autoscaling: { by: 'lag', lag: 2_000_000 } } },
    });
    expect(environmentOf(manifests, 'ingest')).toMatchObject({
      INGEST_MAX_QUEUED: '67108864',
      OTEL_TRACES_SAMPLER_ARG: '0.25',
      KAFKA_SSL: 'false',
    });
    expect(triggerOf(manifests, 'router')).toMatchObject({ lagThreshold: '2000000' });
  });

  it('has an app listen on the port that its service knows, and on no other', async () => {
    const manifests = await rendered(['apps.api.port=8080,apps.router.port=9002']);
    const ports = APPS.map((app) => {
      const { [`${app.toUpperCase()}_PORT`]: port } = environmentOf(manifests, app);
      return [app, port, podOf(manifests, app).containers[0]?.ports[0]?.containerPort];
    });
    expect(ports).toEqual([
      ['ingest', '4001', 4001],
      ['router', '9002', 9002],
      ['delivery', '4003', 4003],
      ['recorder', '4004', 4004],
      ['api', '8080', 8080],
    ]);
    const { code, output } = await template(['apps.api.settings.API_PORT=8080']);
    expect(code).not.toBe(0);
    expect(output).toContain('API_PORT: set apps.api.port instead, which the service and the probes know, too');
  });

  it('mounts what else is wanted, into all pods or those of one app', async () => {
    const delivery = { extraVolumes: [volume('endpoints')], extraVolumeMounts: [mount('endpoints')] };
    const extra = { extraVolumes: [volume('kafka-ca')], extraVolumeMounts: [mount('kafka-ca')] };
    const manifests = await rendered([], { ...extra, apps: { delivery } });
    const [one, both] = [['kafka-ca'], ['kafka-ca', 'endpoints']];
    for (const name of [...APPS, 'migrate']) {
      const { volumes, containers } = podOf(manifests, name);
      const wanted = name === 'delivery' ? both : one;
      const others = new Set(['tmp', 'secrets']);
      expect(volumes?.filter((each) => !others.has(each.name))).toEqual(wanted.map(volume));
      expect(containers[0]?.volumeMounts?.filter((each) => !others.has(each.name))).toEqual(wanted.map(mount));
    }
  });

  it('refuses a monitor that nobody may read the metrics for', async () => {
    const { code, output } = await template(['serviceMonitor.enabled=true']);
    expect(code).not.toBe(0);
    expect(output).toContain('networkPolicies.monitoring is empty, so that Prometheus may not read the metrics');
    expect((await template(['serviceMonitor.enabled=true,networkPolicies.enabled=false'])).code).toBe(0);
  });

  it('lets every app reach what else it is told to', async () => {
    const collector = { to: [{ namespaceSelector: { matchLabels: { team: 'tracing' } } }], ports: [{ port: 4318 }] };
    const manifests = await rendered([], { networkPolicies: { extraEgress: [collector] } });
    const policies = manifests.filter(({ kind }) => kind === 'NetworkPolicy');
    expect(policies).toHaveLength(APPS.length);
    for (const { spec } of policies) expect(spec['egress']).toContainEqual(collector);
  });

  it('scales by the topic and the group that the app has, with the prefix', async () => {
    const values = ['apps.router.autoscaling.by=lag,apps.delivery.autoscaling.by=lag'];
    const names = async (app: AppName, ...more: string[]) => triggerOf(await rendered([...values, ...more]), app);
    const prefix = 'settings.KAFKA_TOPIC_PREFIX=blue.';
    expect(await names('router')).toMatchObject({ topic: 'fleet.events', consumerGroup: 'router' });
    expect(await names('router', prefix)).toMatchObject({ topic: 'blue.fleet.events', consumerGroup: 'blue.router' });
    expect(await names('delivery', prefix, 'apps.delivery.settings.KAFKA_TOPIC_PREFIX=own.')).toMatchObject({
      topic: 'own.webhook.deliveries',
      consumerGroup: 'own.delivery',
    });
  });

  it('lets webhooks have the ports that its policies let through', async () => {
    const portsOf = async (...values: string[]) => {
      const manifests = await rendered(values);
      return APPS.map((app) => environmentOf(manifests, app)['EGRESS_PORTS']);
    };
    const none = APPS.map(() => undefined);
    expect(await portsOf()).toEqual(portsOfApps('443'));
    expect(await portsOf('networkPolicies.endpointPorts={443,8443}')).toEqual(portsOfApps('443,8443'));
    expect(await portsOf('apps.api.settings.EGRESS_PORTS=443-444')).toEqual(portsOfApps('443', '443-444'));
    expect(await portsOf('networkPolicies.enabled=false')).toEqual(none);
    expect(await portsOf('settings.EGRESS_PROXY=http://proxy:3128,networkPolicies.endpointPorts={3128}')).toEqual(none);
    const inFile = await rendered([], { networkPolicies: { endpointPorts: [443, 8_443] } });
    expect(environmentOf(inFile, 'api')).toMatchObject({ EGRESS_PORTS: '443,8443' });
  });

  it('migrates with the settings of all, and with an address that is among them', async () => {
    expect(environmentOf(await rendered(EVERYTHING), 'migrate')).toEqual({
      DATABASE_URL_FILE: '/run/fleethook/secrets/DATABASE_URL',
      LOG_LEVEL: 'info',
      RETRY_HORIZON: '24h',
    });
    const manifests = await rendered(ADDRESS_IN_SETTINGS);
    const { DATABASE_URL, DATABASE_URL_FILE } = environmentOf(manifests, 'migrate');
    expect({ DATABASE_URL, DATABASE_URL_FILE }).toEqual({ DATABASE_URL: 'postgres://db/fleethook' });
    for (const name of [...APPS, 'migrate']) {
      const { volumes, containers } = podOf(manifests, name);
      const mounted = (containers[0]?.volumeMounts ?? []).map((each) => each.name);
      expect(mounted.filter((each) => !(volumes ?? []).some((volume) => volume.name === each))).toEqual([]);
    }
  });

  it('lets migrations take as long as they are given', async () => {
    expect(await deadlineOf([])).toBe(86_400);
    expect(await deadlineOf(['migration.activeDeadlineSeconds=1200'])).toBe(1_200);
  });
});

withSchemas('the chart, by the schemas of Kubernetes,', () => {
  it('is taken, as it comes and with everything', async () => {
    for (const values of [[], EVERYTHING, ADDRESS_IN_SETTINGS]) {
      const { stdout } = await template(values);
      const { code, output } = await conforms(stdout);
      expect(`${code} ${code === 0 ? '' : output}`).toBe('0 ');
    }
  });
});

/** @param file what `-f` names, as people write it: there Helm takes every number for a fraction */
async function template(values: readonly string[], file: object = {}): ReturnType<typeof run> {
  const folder = mkdtempSync(path.join(tmpdir(), 'fleethook-chart-'));
  const valuesFile = path.join(folder, 'values.yaml');
  writeFileSync(valuesFile, stringify(file));
  const set = values.flatMap((value) => ['--set', value]);
  try {
    return await run(['helm', 'template', 'fh', CHART, '--kube-version', '1.31.0', '-f', valuesFile, ...set]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function conforms(manifests: string): ReturnType<typeof run> {
  const folder = mkdtempSync(path.join(tmpdir(), 'fleethook-chart-'));
  const file = path.join(folder, 'manifests.yaml');
  writeFileSync(file, manifests);
  try {
    // Those two are of operators that a cluster may have.
    return await run(['kubeconform', '-strict', '-summary', '-skip', 'ServiceMonitor,ScaledObject', file]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function rendered(values: readonly string[], file?: object): Promise<Manifest[]> {
  const { code, output, stdout } = await template(values, file);
  expect(`${code} ${code === 0 ? '' : output}`).toBe('0 ');
  return parseAllDocuments(stdout)
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null);
}

function deploymentOf(manifests: readonly Manifest[], name: string): Manifest {
  const found = manifests.find(
    ({ kind, metadata }) => ['Deployment', 'Job'].includes(kind) && metadata.name === `fh-${name}`,
  );
  if (found === undefined) throw new Error(`${name} is not in the chart`);
  return found;
}

function podOf(manifests: readonly Manifest[], name: string): PodSpec {
  const { template: pod } = deploymentOf(manifests, name).spec as { template: { spec: PodSpec } };
  return pod.spec;
}

function environmentOf(manifests: readonly Manifest[], name: string): Record<string, string> {
  const env = podOf(manifests, name).containers[0]?.env ?? [];
  return Object.fromEntries(env.map(({ name: variable, value }) => [variable, value]));
}

/** What KEDA is told to look at. */
function triggerOf(manifests: readonly Manifest[], app: AppName): unknown {
  const found = manifests.find(({ kind, metadata }) => kind === 'ScaledObject' && metadata.name === `fh-${app}`);
  const { triggers } = (found?.spec ?? { triggers: [] }) as { triggers: { metadata: unknown }[] };
  return triggers[0]?.metadata;
}

async function deadlineOf(values: readonly string[]): Promise<unknown> {
  return deploymentOf(await rendered(values), 'migrate').spec['activeDeadlineSeconds'];
}

const volume = (name: string) => ({ name, configMap: { name } });
const mount = (name: string) => ({ name, mountPath: `/etc/${name}`, readOnly: true });

/** In the order of `APPS`. */
const portsOfApps = (delivery: string, api = delivery) => [undefined, undefined, delivery, undefined, api];

function secretsOf(app: AppName, values: readonly string[]): string[] {
  const kafka = values.length > 0 ? ['KAFKA_SASL_PASSWORD_FILE'] : [];
  const own: Partial<Record<AppName, string[]>> = {
    api: ['SECRETS_KEY_FILE', 'DATABASE_URL_FILE', 'OPERATOR_API_KEY_FILE'],
    delivery: ['SECRETS_KEY_FILE'],
    recorder: ['DATABASE_URL_FILE'],
  };
  return [...kafka, ...(own[app] ?? [])];
}
