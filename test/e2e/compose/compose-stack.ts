import { randomBytes, randomInt } from 'node:crypto';
import path from 'node:path';
import { freePort } from '@fleethook/infrastructure';
import { eventually } from '../../support/eventually.js';
import { docker, run, type Ended } from './docker.js';

const FOLDER = path.join(process.cwd(), 'docker');
const PROJECT_LABEL = 'com.docker.compose.project';
const SERVICE_LABEL = 'com.docker.compose.service';
const PORTS = [
  'API_PORT',
  'INGEST_PORT',
  'KAFKA_PORT',
  'KAFKA_2_PORT',
  'KAFKA_3_PORT',
  'PROMETHEUS_PORT',
  'GRAFANA_PORT',
];
const LOG_LINES = '40';
const HEALTHY_WITHIN_MS = 420_000;

/** What a test looks at in `docker inspect`. */
export interface Container {
  readonly Id: string;
  readonly Name: string;
  readonly State: {
    readonly Status: string;
    readonly ExitCode: number;
    readonly Health?: { readonly Status: string; readonly Log?: readonly { readonly Output: string }[] };
  };
  readonly Config: { readonly User: string; readonly Labels: Readonly<Record<string, string>> };
  readonly HostConfig: {
    readonly ReadonlyRootfs: boolean;
    readonly CapDrop: readonly string[] | null;
    readonly PortBindings: Readonly<Record<string, readonly { readonly HostIp: string }[]>>;
  };
  readonly Mounts: readonly { readonly Type: string; readonly Name?: string }[];
}

/** One of the repository's compose stacks under a name, on ports and on a network of its own. */
export class ComposeStack implements AsyncDisposable {
  readonly project = `fht${randomBytes(4).toString('hex')}`;
  readonly #gone = new AbortController();
  #volumes: readonly string[] = [];

  private constructor(
    private readonly compose: readonly [string, ...string[]],
    private readonly files: readonly string[],
    private readonly environment: Record<string, string>,
  ) {}

  static async create(
    compose: readonly [string, ...string[]],
    files: readonly string[],
    environment: Readonly<Record<string, string>>,
  ): Promise<ComposeStack> {
    const ports = await Promise.all(PORTS.map(async (name) => [name, String(await freePort())] as const));
    const network = `10.${randomInt(214, 255)}.${randomInt(0, 255)}`;
    return new ComposeStack(compose, files, {
      COMPOSE_PROFILES: 'demo',
      NETWORK_PREFIX: network,
      ...Object.fromEntries(ports),
      ...environment,
    });
  }

  url(port: 'API_PORT' | 'INGEST_PORT' | 'PROMETHEUS_PORT'): string {
    return `http://127.0.0.1:${this.environment[port]}`;
  }

  /** Aborted when the stack is taken down: there is nobody any more to send to. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** From the next `up` on. */
  use(image: string): void {
    this.environment['FLEETHOOK_IMAGE'] = image;
  }

  tryTo(...args: readonly string[]): Promise<Ended> {
    const files = this.files.flatMap((file) => ['--file', path.join(FOLDER, file)]);
    return run([...this.compose, '--project-name', this.project, ...files, ...args], this.environment);
  }

  /** One command of Compose. @throws with what it said */
  async call(...args: readonly string[]): Promise<string> {
    const ended = await this.tryTo(...args);
    if (ended.code !== 0) throw new Error(`compose ${args.join(' ')} ended with ${ended.code}:\n${ended.output}`);
    return ended.stdout;
  }

  /** Every container of the stack, or of one service, ended ones included. */
  async containers(service?: string): Promise<Container[]> {
    const filters = [`label=${PROJECT_LABEL}=${this.project}`];
    if (service !== undefined) filters.push(`label=${SERVICE_LABEL}=${service}`);
    const ids = await docker('ps', '--all', '--quiet', ...filters.flatMap((filter) => ['--filter', filter]));
    if (ids === '') return [];
    return JSON.parse(await docker('inspect', ...ids.split('\n'))) as Container[];
  }

  /** Kills all containers of a service, and starts them again. */
  async killAndStart(service: string): Promise<void> {
    for (const { Id } of await this.containers(service)) {
      await docker('kill', Id);
      await docker('start', Id);
    }
  }

  /** Waits until every container of each service is. */
  async healthy(...services: readonly string[]): Promise<void> {
    await eventually(
      async () => {
        const all = await this.containers();
        for (const service of services) {
          const own = all.filter(({ Config }) => Config.Labels[SERVICE_LABEL] === service);
          if (own.length === 0) throw new Error(`there is no ${service}`);
          for (const { Name, State } of own)
            if (State.Health?.Status !== 'healthy')
              throw new Error(`${Name} is ${State.Status}: ${State.Health?.Log?.at(-1)?.Output ?? 'no health yet'}`);
        }
      },
      { withinMs: HEALTHY_WITHIN_MS, longestPauseMs: 1_000 },
    );
  }

  /** What a service has printed since it was made, restarts included. */
  async said(service: string): Promise<string> {
    const outputs = await Promise.all((await this.containers(service)).map(({ Id }) => run(['docker', 'logs', Id])));
    return outputs.map(({ output }) => output).join('\n');
  }

  /** Adds to a failure what the containers said last. */
  async explained<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (failure) {
      const { output: states } = await this.tryTo('ps', '--all');
      const { output: logs } = await this.tryTo('logs', '--no-color', '--tail', LOG_LINES);
      throw new Error(`${failure instanceof Error ? failure.message : String(failure)}\n\n${states}\n${logs}`, {
        cause: failure,
      });
    }
  }

  async down(): Promise<void> {
    this.#volumes = (await this.containers()).flatMap(({ Mounts }) => Mounts.flatMap(({ Name }) => Name ?? []));
    await this.call('down', '--volumes', '--remove-orphans');
  }

  /** What is left of it: containers, networks, volumes, those without a name of ours included. */
  async leftovers(): Promise<string[]> {
    const filter = ['--filter', `label=${PROJECT_LABEL}=${this.project}`];
    const found = await Promise.all([
      docker('ps', '--all', '--quiet', ...filter),
      docker('network', 'ls', '--quiet', ...filter),
      docker('volume', 'ls', '--quiet', ...filter),
    ]);
    const volumes = new Set((await docker('volume', 'ls', '--quiet')).split('\n'));
    return [...found.filter((text) => text !== ''), ...this.#volumes.filter((name) => volumes.has(name))];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#gone.abort();
    await this.tryTo('down', '--volumes', '--remove-orphans', '--timeout', '1');
  }
}
