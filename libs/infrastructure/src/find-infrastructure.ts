import { mkdirSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { chooseSource, requireAddresses } from './choose-source.js';
import { dockerFault } from './docker/docker-fault.js';
import { DockerSearch } from './docker/docker-search.js';
import { DATABASE, endEarlierPostgres, launchEmbeddedPostgres } from './embedded/embedded-postgres.js';
import { endEarlierKafka, launchEmbeddedKafka } from './embedded/embedded-kafka.js';
import { awaitBrokers, awaitDatabase } from './external.js';
import { portLike } from './free-port.js';
import { InfrastructureError, messageOf } from './infrastructure-error.js';
import type { Infrastructure, InfrastructureOptions, ServiceName, Source } from './infrastructure.js';
import { RememberedState } from './remembered.js';
import { KeptRunning, type Launched } from './supervision/kept-running.js';

const LEAST_FREE_BYTES = 512 * 1_048_576;
const TITLE = { kafka: 'Kafka', postgres: 'PostgreSQL' } as const;

interface Service {
  readonly source: Source;
  readonly kept: KeptRunning | undefined;
  readonly address: string;
}

/**
 * Finds Kafka and PostgreSQL, or brings up what is not there, and keeps it up until `stop()`.
 * @param signal stops a start that is under way; what had been started is gone when this rejects
 * @throws InfrastructureError with a sentence that says what to do
 */
export async function findInfrastructure(
  options: InfrastructureOptions,
  signal: AbortSignal = new AbortController().signal,
): Promise<Infrastructure> {
  const starter = new Starter(options, signal);
  return starter.start();
}

class Starter {
  private readonly dataDir: string;
  private readonly state: RememberedState;
  private readonly started = new Map<ServiceName, KeptRunning>();
  private readonly docker: DockerSearch;

  constructor(
    private readonly options: InfrastructureOptions,
    private readonly signal: AbortSignal,
  ) {
    this.dataDir = path.resolve(options.dataDir);
    mkdirSync(this.dataDir, { recursive: true });
    this.state = new RememberedState(this.dataDir);
    this.docker = new DockerSearch(options.say);
  }

  async start(): Promise<Infrastructure> {
    const { kafkaBrokers, databaseUrl, source } = this.options;
    requireAddresses(source, { kafka: kafkaBrokers !== undefined, postgres: databaseUrl !== undefined });
    const results = await Promise.allSettled([this.service('kafka'), this.service('postgres')]);
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) {
      await this.stop();
      throw failed.reason;
    }
    const [kafka, postgres] = results.map((result) => (result as PromiseFulfilledResult<Service>).value);
    if (kafka === undefined || postgres === undefined) throw new Error('a service is missing');
    const password = this.state.values.databasePassword;
    return {
      kafkaBrokers: kafkaBrokers ?? [kafka.address],
      databaseUrl: databaseUrl ?? `postgres://${DATABASE}:${password}@${postgres.address}/${DATABASE}`,
      sources: { kafka: kafka.source, postgres: postgres.source },
      pids: () => this.pids(),
      stop: () => this.stop(),
      kill: () => this.started.forEach((kept) => kept.kill()),
    };
  }

  private pids(): Partial<Record<ServiceName, number>> {
    const running = [...this.started].map(([name, kept]) => [name, kept.pid] as const);
    return Object.fromEntries(running.filter(([, pid]) => pid !== undefined));
  }

  /** PostgreSQL first: the recorder writes what Kafka still holds, not the other way round. */
  private async stop(): Promise<void> {
    await this.started.get('postgres')?.stop();
    await this.started.get('kafka')?.stop();
  }

  private async service(service: ServiceName): Promise<Service> {
    const { kafkaBrokers, databaseUrl, source: wanted } = this.options;
    const remembered = this.state.values[service];
    const given = (service === 'kafka' ? kafkaBrokers : databaseUrl) !== undefined;
    const askDocker = !given && (wanted === 'docker' || (wanted === 'auto' && remembered?.source !== 'embedded'));
    const dockerAnswers = askDocker && (await this.docker.answering()) !== undefined;
    const source = chooseSource({
      service,
      wanted,
      given,
      remembered: remembered?.source,
      dockerAnswers,
      dockerFault: dockerFault(),
    });
    if (source === 'external') {
      if (kafkaBrokers !== undefined && service === 'kafka') await awaitBrokers(kafkaBrokers, this.signal);
      if (databaseUrl !== undefined && service === 'postgres') await awaitDatabase(databaseUrl, this.signal);
      return { source, kept: undefined, address: '' };
    }
    if (askDocker && source === 'embedded') this.docker.goOnWithout();
    try {
      return await this.bringUp(service, source);
    } catch (error) {
      // A Docker engine that cannot give us the image is as good as none, as long as it holds none of our data.
      const mayFallBack = source === 'docker' && wanted === 'auto' && remembered === undefined;
      if (!mayFallBack || this.signal.aborted) throw error;
      this.options.say(`${messageOf(error)} Going on without Docker.`);
      return this.bringUp(service, 'embedded');
    }
  }

  private async bringUp(service: ServiceName, source: 'docker' | 'embedded'): Promise<Service> {
    if (source === 'embedded') {
      requireSpace(this.dataDir);
      // First: it still holds the port of last time, which is to be ours again.
      await (service === 'kafka' ? endEarlierKafka(this.dataDir) : endEarlierPostgres(this.dataDir));
    }
    const port = this.options.ports?.[service] ?? (await portLike(this.state.values[service]?.port));
    const { say } = this.options;
    if (source === 'embedded') say(`Starting ${TITLE[service]}, embedded.`);
    const kept = new KeptRunning({
      name: TITLE[service],
      launch: (aborted) => this.launch(service, source, port, AbortSignal.any([aborted, this.signal])),
      say,
      ...(this.options.onChange && { onChange: this.options.onChange }),
    });
    await kept.start();
    this.started.set(service, kept);
    this.state.update({ [service]: { source, port } });
    const host = source === 'docker' ? ((await this.docker.answering())?.host ?? '127.0.0.1') : '127.0.0.1';
    return { source, kept, address: `${host}:${port}` };
  }

  private async launch(
    service: ServiceName,
    source: 'docker' | 'embedded',
    port: number,
    signal: AbortSignal,
  ): Promise<Launched> {
    const { clusterId, databasePassword: password, deployment } = this.state.values;
    const { say, javaHome, throwAway = false } = this.options;
    const { dataDir } = this;
    if (source === 'embedded') {
      return service === 'kafka'
        ? launchEmbeddedKafka({ dataDir, port, clusterId, javaHome, say }, signal)
        : launchEmbeddedPostgres({ dataDir, port, password, throwAway }, signal);
    }
    const engine = await this.docker.answering();
    if (engine === undefined) throw new InfrastructureError('DOCKER_UNAVAILABLE', 'No Docker engine answers.');
    const volume = throwAway ? undefined : `fleethook-${deployment}-${service}`;
    // Loaded on demand with what they stand on; who has no Docker does not need it.
    if (service === 'kafka') {
      const { launchDockerKafka } = await import('./docker/docker-kafka.js');
      return launchDockerKafka({ engine, port, volume, clusterId, say }, signal);
    }
    const { launchDockerPostgres } = await import('./docker/docker-postgres.js');
    return launchDockerPostgres({ engine, port, volume, password, say }, signal);
  }
}

/** @throws InfrastructureError DISK_FULL */
function requireSpace(folder: string): void {
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize >= LEAST_FREE_BYTES) return;
  throw new InfrastructureError(
    'DISK_FULL',
    `Only ${Math.floor((bavail * bsize) / 1_048_576)} MB are free for ${folder}, and 512 MB are needed: make room, or set FLEETHOOK_DATA_DIR to a folder on another disk.`,
  );
}
