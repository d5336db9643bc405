import { findDockerEngine } from './docker/docker-engine.js';
import { findJava } from './embedded/java.js';
import { postgresBinaries } from './embedded/postgres-binaries.js';

/** What could bring up services on this machine, in the order in which `auto` tries them. */
export async function availableSources(javaHome?: string): Promise<readonly ('docker' | 'embedded')[]> {
  const [docker, embedded] = await Promise.allSettled([
    findDockerEngine(),
    Promise.all([findJava(javaHome), postgresBinaries()]),
  ]);
  return [
    ...(docker.status === 'fulfilled' ? (['docker'] as const) : []),
    ...(embedded.status === 'fulfilled' ? (['embedded'] as const) : []),
  ];
}
