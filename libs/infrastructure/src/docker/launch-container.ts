import { existsSync, readFileSync } from 'node:fs';
import { GenericContainer, Wait, type StartedTestContainer } from 'testcontainers';
import { InfrastructureError, messageOf } from '../infrastructure-error.js';
import type { Say } from '../infrastructure.js';
import { waitUntil } from '../probe/wait-until.js';
import type { Launched } from '../supervision/kept-running.js';
import type { DockerEngine } from './docker-engine.js';

const READY_WITHIN_MS = 120_000;
const STOP_WITHIN_S = 10;
const VOLUME_LABEL = 'fleethook.volume';

export interface ContainerOptions {
  readonly engine: DockerEngine;
  /** As a sentence begins: "Kafka". */
  readonly service: string;
  readonly image: string;
  /** The same inside and outside. */
  readonly port: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly command?: readonly string[];
  /** Keeps the data when the container is gone; without it the data goes with the container. */
  readonly volume?: { readonly name: string; readonly target: string };
  readonly isReady: () => Promise<boolean>;
  /** A word in the process's command line, to tell that a process id is one of this machine. */
  readonly processMark: string;
  readonly say: Say;
}

/** A container whose published port is bound to one address instead of all. */
class PublishedOnContainer extends GenericContainer {
  constructor(
    image: string,
    private readonly address: string,
  ) {
    super(image);
  }

  protected override beforeContainerCreated(): Promise<void> {
    const bindings = this.hostConfig.PortBindings as Record<string, { HostIp?: string; HostPort: string }[]>;
    for (const binding of Object.values(bindings).flat()) binding.HostIp = this.address;
    return Promise.resolve();
  }
}

/**
 * Starts a container and waits until it answers. It is removed by `stop()`; when we are killed, by Testcontainers' reaper,
 * which knows nothing of named volumes, so that the data stays.
 * @throws InfrastructureError DOCKER_START_FAILED, START_ABORTED
 */
export async function launchContainer(options: ContainerOptions, signal: AbortSignal): Promise<Launched> {
  const { engine, service, image, port, volume } = options;
  if (volume !== undefined) await removeHolders(engine, volume.name);
  const container = new PublishedOnContainer(image, engine.publishOn)
    .withExposedPorts({ container: port, host: port })
    .withEnvironment({ ...options.environment })
    .withWaitStrategy(Wait.forLogMessage(/./))
    .withStartupTimeout(READY_WITHIN_MS);
  if (options.command !== undefined) container.withCommand([...options.command]);
  if (volume !== undefined) {
    container
      .withBindMounts([{ source: volume.name, target: volume.target, mode: 'rw' }])
      .withLabels({ [VOLUME_LABEL]: volume.name });
  }
  options.say(`Starting ${service} in Docker (${image}).`);
  const started = await engine
    .awaitReaper()
    .then(() => container.start())
    .catch((error: unknown) => {
      throw new InfrastructureError(
        'DOCKER_START_FAILED',
        `Docker could not start ${service} from ${image}: ${messageOf(error)} Pull the image by hand to see why, or set FLEETHOOK_INFRA=embedded.`,
        { cause: error },
      );
    });
  const launched = await watch(options, started);
  let over = false;
  void launched.ended.then(() => (over = true));
  const ready = await waitUntil(options.isReady, {
    withinMs: READY_WITHIN_MS,
    giveUp: () => over || signal.aborted,
  });
  if (ready && !signal.aborted) return launched;
  const lines = await lastLines(engine, started.getId());
  await launched.stop();
  if (signal.aborted) throw new InfrastructureError('START_ABORTED', `Stopped while ${service} was starting.`);
  throw new InfrastructureError('DOCKER_START_FAILED', `${service} did not come up in Docker (${image}): ${lines}`);
}

type Container = ReturnType<DockerEngine['client']['container']['getById']>;

async function watch(options: ContainerOptions, started: StartedTestContainer): Promise<Launched> {
  const { client } = options.engine;
  const container = client.container.getById(started.getId());
  const pid = (await client.container.inspect(container)).State.Pid;
  // What has ended is only in the way of the next one; it is gone, and its volume free, when this resolves.
  const ended = container
    .wait()
    .then(
      (result: { StatusCode: number }) => `exit code ${result.StatusCode}`,
      () => 'the Docker engine was lost',
    )
    .then(async (how: string) => {
      await remove(container);
      return how;
    });
  return {
    get pid() {
      return isProcessHere(pid, options.processMark) ? pid : undefined;
    },
    ended,
    stop: async () => {
      await container.stop({ t: STOP_WITHIN_S }).catch(() => undefined);
      await ended;
    },
    kill: () => void remove(container),
  };
}

async function remove(container: Container): Promise<void> {
  await container.remove({ force: true, v: true }).catch(() => undefined);
}

/** A container of an earlier start that the reaper has not ended yet, or cannot: two on one volume would spoil it. */
async function removeHolders(engine: DockerEngine, volume: string): Promise<void> {
  const filters = { label: [`${VOLUME_LABEL}=${volume}`] };
  const holders = await engine.client.container.dockerode.listContainers({ all: true, filters });
  for (const { Id } of holders) {
    const holder = engine.client.container.getById(Id);
    await holder.stop({ t: STOP_WITHIN_S }).catch(() => undefined);
    await remove(holder);
  }
}

async function lastLines(engine: DockerEngine, id: string): Promise<string> {
  const output = await engine.client.container
    .getById(id)
    .logs({ stdout: true, stderr: true, tail: 5 })
    .catch(() => Buffer.from('its output cannot be read'));
  return output
    .toString('utf8')
    .replaceAll(/[^\x20-\x7e]+/g, ' ')
    .trim();
}

/** The engine counts in its own machine's processes, which may be another one (a virtual machine on a Mac). */
function isProcessHere(pid: number, mark: string): boolean {
  const file = `/proc/${pid}/cmdline`;
  return pid > 1 && existsSync(file) && readFileSync(file, 'utf8').includes(mark);
}
