import type { ContainerRuntimeClient } from 'testcontainers';
import { isPortFree } from '../free-port.js';
import { InfrastructureError } from '../infrastructure-error.js';
import { dockerFault } from './docker-fault.js';

const ANY_PORT = 0;
const LOCAL_NAMES = new Set(['localhost', '127.0.0.1', '::1']);

/** A Docker engine that answers, and how its containers are reached. */
export interface DockerEngine {
  readonly client: ContainerRuntimeClient;
  /** `127.0.0.1` when the engine is on this machine. */
  readonly host: string;
  /** Where containers' ports are published: on loopback alone when nobody else needs them. */
  readonly publishOn: string;
  /** Resolves when the reaper runs; asked for at once by several containers, there would be several. */
  awaitReaper(): Promise<void>;
}

/** @throws InfrastructureError DOCKER_UNAVAILABLE */
export async function findDockerEngine(): Promise<DockerEngine> {
  // Loaded on demand: it is large, and who has no Docker does not need it.
  const { getContainerRuntimeClient, getReaper } = await import('testcontainers');
  const client = await getContainerRuntimeClient().catch((error: unknown) => {
    throw new InfrastructureError(
      'DOCKER_UNAVAILABLE',
      `${dockerFault()}, or set FLEETHOOK_INFRA to embedded or external.`,
      { cause: error },
    );
  });
  const { host } = client.info.containerRuntime;
  // An address that we can listen on is our own: the bridge's, when we ourselves are in a container beside the engine.
  const isHere = LOCAL_NAMES.has(host) || (await isPortFree(ANY_PORT, host));
  let reaper: Promise<unknown> | undefined;
  return {
    client,
    host: isHere ? '127.0.0.1' : host,
    publishOn: isHere ? '127.0.0.1' : '0.0.0.0',
    awaitReaper: async () => {
      reaper ??= getReaper(client);
      await reaper;
    },
  };
}
