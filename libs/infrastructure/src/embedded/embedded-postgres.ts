import { execFile } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { chown, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { InfrastructureError, messageOf } from '../infrastructure-error.js';
import { isPostgresReady } from '../probe/postgres-greeting.js';
import { waitUntil } from '../probe/wait-until.js';
import { ChildService } from '../supervision/child-service.js';
import type { Launched } from '../supervision/kept-running.js';
import { explainStart } from './explain-start.js';
import { endLeftover, notePid } from './leftover.js';
import { postgresBinaries, type PostgresBinaries } from './postgres-binaries.js';
import { reachableDataFolder } from './reachable.js';
import { userForPostgres, type UnprivilegedUser } from './unprivileged-user.js';

const run = promisify(execFile);

const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 8_000;
export const DATABASE = 'fleethook';

/** The same order of texts and the same clock wherever it runs. */
export const INITDB_ARGS = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
export const SERVER_SETTINGS: Readonly<Record<string, string>> = { max_connections: '300', timezone: 'UTC' };
/** Only for data that nobody wants back. */
export const THROW_AWAY_SETTINGS: Readonly<Record<string, string>> = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
};

export interface EmbeddedPostgresOptions {
  readonly dataDir: string;
  readonly port: number;
  readonly password: string;
  readonly throwAway: boolean;
}

/** PostgreSQL from a node package, on loopback. Resolves when it takes connections. */
export async function launchEmbeddedPostgres(options: EmbeddedPostgresOptions, signal: AbortSignal): Promise<Launched> {
  const user = userForPostgres();
  const binaries = await postgresBinaries(user);
  const folder = await dataFolder(options.dataDir, user);
  const cluster = path.join(folder, 'data');
  const pidFile = path.join(options.dataDir, 'postgres.pid');
  await endEarlierPostgres(options.dataDir);
  if (!existsSync(cluster)) await initialize(binaries, cluster, options.password, user);

  const settings = {
    ...SERVER_SETTINGS,
    ...(options.throwAway && THROW_AWAY_SETTINGS),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
  };
  const logFile = path.join(options.dataDir, 'logs', 'postgres.log');
  const server = new ChildService({
    command: binaries.postgres,
    args: ['-D', cluster, '-p', String(options.port), ...flags(settings)],
    cwd: folder,
    logFile,
    user,
    // Fast shutdown: connections are ended, what was committed is kept.
    stopSignal: 'SIGINT',
    stopWithinMs: STOP_WITHIN_MS,
  });
  notePid(pidFile, server.pid);
  const ready = await waitUntil(() => isPostgresReady('127.0.0.1', options.port, DATABASE, DATABASE), {
    withinMs: READY_WITHIN_MS,
    giveUp: () => server.pid === undefined || signal.aborted,
  });
  if (ready && !signal.aborted) return server;
  const explanation = explainStart('PostgreSQL', server.lastLines(), logFile);
  await server.stop();
  throw signal.aborted
    ? new InfrastructureError('START_ABORTED', 'Stopped while PostgreSQL was starting.')
    : explanation;
}

/** Of an earlier start that was killed: it holds the data and the port. */
export function endEarlierPostgres(dataDir: string): Promise<void> {
  const folder = folderIn(dataDir);
  const cluster = path.join(existsSync(folder) ? realpathSync(folder) : folder, 'data');
  return endLeftover(path.join(dataDir, 'postgres.pid'), cluster);
}

const folderIn = (dataDir: string): string => path.join(path.resolve(dataDir), 'postgres');

/** Made when it is not there, and theirs whom PostgreSQL runs as. */
async function dataFolder(dataDir: string, user: UnprivilegedUser | undefined): Promise<string> {
  const folder = folderIn(dataDir);
  if (user === undefined) {
    await mkdir(folder, { recursive: true });
    return realpathSync(folder);
  }
  const reachable = await reachableDataFolder({ folder, ownFolder: dataDir }, user);
  await chown(reachable, user.uid, user.gid);
  return reachable;
}

/** Makes the cluster and its one database beside the place and moves it there, so that half of one is never started. */
async function initialize(
  { initdb, postgres }: PostgresBinaries,
  cluster: string,
  password: string,
  user: UnprivilegedUser | undefined,
): Promise<void> {
  const half = `${cluster}.initializing`;
  const passwordFile = `${half}.password`;
  const as = { cwd: path.dirname(cluster), ...(user && { uid: user.uid, gid: user.gid }) };
  await rm(half, { recursive: true, force: true });
  try {
    await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
    if (user !== undefined) await chown(passwordFile, user.uid, user.gid);
    await run(
      initdb,
      [
        '-D',
        half,
        '-U',
        DATABASE,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--no-instructions',
        ...INITDB_ARGS,
      ],
      as,
    );
    // Single-user mode needs neither a server nor a client.
    const single = run(postgres, ['--single', '-D', half, 'postgres'], as);
    single.child.stdin?.end(`CREATE DATABASE ${DATABASE};\n`);
    await single;
    await rename(half, cluster);
  } catch (error) {
    await rm(half, { recursive: true, force: true });
    const { stderr = '' } = error as { stderr?: string };
    throw /No space left/i.test(stderr)
      ? explainStart('PostgreSQL', [stderr], cluster)
      : new InfrastructureError(
          'START_FAILED',
          `PostgreSQL's data could not be initialised: ${stderr.trim() || messageOf(error)}`,
          { cause: error },
        );
  } finally {
    await rm(passwordFile, { force: true });
  }
}

function flags(settings: Readonly<Record<string, string>>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
