import { networkInterfaces } from 'node:os';
import type { ContainerRuntimeClient } from 'testcontainers';
import { InfrastructureError } from '../infrastructure-error.js';

const LOCAL_NAMES = new Set(['localhost', '127.0.0.1', '::1']);

/** A Docker engine that answers, and how its containers are reached. */
export interface DockerEngine {
  readonly client: ContainerRuntimeClient;
  /** `127.0.0.1` when the engine is on this machine. */
  readonly host: string;
  /** Where containers' ports are published: on loopback alone when nobody else needs them. */
  readonly publishOn: string;
}

/** @throws InfrastructureError DOCKER_UNAVAILABLE */
export async function findDockerEngine(): Promise<DockerEngine> {
  // Loaded on demand: it is large, and who has no Docker does not need it.
  const { getContainerRuntimeClient } = await import('testcontainers');
  const client = await getContainerRuntimeClient().catch((error: unknown) => {
    throw new InfrastructureError(
      'DOCKER_UNAVAILABLE',
      'No Docker engine answers: start one, or set FLEETHOOK_INFRA to embedded or external.',
      { cause: error },
    );
  });
  const { host } = client.info.containerRuntime;
  const isHere = LOCAL_NAMES.has(host) || ownAddresses().has(host);
  return { client, host: isHere ? '127.0.0.1' : host, publishOn: isHere ? '127.0.0.1' : '0.0.0.0' };
}

function ownAddresses(): ReadonlySet<string> {
  return new Set(
    Object.values(networkInterfaces())
      .flat()
      .flatMap((each) => each?.address ?? []),
  );
}
