import { getContainerRuntimeClient } from 'testcontainers';

/** What Kafka and PostgreSQL of a deployment keep in Docker. They must have ended. */
export async function removeVolumes(deployment: string): Promise<void> {
  const { dockerode } = (await getContainerRuntimeClient()).container;
  for (const service of ['kafka', 'postgres']) await dockerode.getVolume(`fleethook-${deployment}-${service}`).remove();
}
