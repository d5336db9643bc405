import { DATABASE, INITDB_ARGS, SERVER_SETTINGS, THROW_AWAY_SETTINGS } from '../embedded/embedded-postgres.js';
import { isPostgresReady } from '../probe/postgres-greeting.js';
import type { Launched } from '../supervision/kept-running.js';
import type { DockerServiceOptions } from './docker-kafka.js';
import { launchContainer } from './launch-container.js';

const IMAGE = 'postgres:17';

export function launchDockerPostgres(
  options: DockerServiceOptions & { password: string },
  signal: AbortSignal,
): Promise<Launched> {
  const { engine, port, say } = options;
  const settings = { ...SERVER_SETTINGS, ...(options.volume === undefined && THROW_AWAY_SETTINGS), port: String(port) };
  return launchContainer(
    {
      engine,
      port,
      say,
      service: 'PostgreSQL',
      image: IMAGE,
      environment: {
        POSTGRES_USER: DATABASE,
        POSTGRES_PASSWORD: options.password,
        POSTGRES_DB: DATABASE,
        POSTGRES_INITDB_ARGS: INITDB_ARGS.join(' '),
      },
      command: ['postgres', ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      ...(options.volume !== undefined && { volume: { name: options.volume, target: '/var/lib/postgresql/data' } }),
      isReady: () => isPostgresReady(engine.host, port, DATABASE, DATABASE),
      processMark: 'postgres',
    },
    signal,
  );
}
