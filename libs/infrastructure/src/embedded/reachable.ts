import { accessSync, chmodSync, constants, existsSync, lstatSync, realpathSync, statSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readdir, rename, rm, rmdir, stat, symlink } from 'node:fs/promises';
import path from 'node:path';
import { InfrastructureError } from '../infrastructure-error.js';
import type { UnprivilegedUser } from './unprivileged-user.js';

/** Where root keeps what services keep, and everybody may pass. */
const ELSEWHERE = '/var/lib';

export interface DataFolder {
  readonly folder: string;
  /** The part above it that is ours: it is opened for passing through, not for reading. */
  readonly ownFolder: string;
}

/**
 * Makes a folder for data that another user can get to. Where folders above bar the way (a repository in root's home), which are not ours
 * to change, it is made elsewhere, and a link to it stands in its place.
 * @param elsewhere in which it is made then
 * @returns its real path
 * @throws InfrastructureError NO_UNPRIVILEGED_USER, naming the folder that bars the way
 */
export async function reachableDataFolder(
  { folder, ownFolder }: DataFolder,
  user: UnprivilegedUser,
  elsewhere = ELSEWHERE,
): Promise<string> {
  const isNew = lstatSync(folder, { throwIfNoEntry: false }) === undefined;
  await mkdir(folder, { recursive: true });
  chmodSync(ownFolder, statSync(ownFolder).mode | constants.S_IXGRP | constants.S_IXOTH);
  const real = realpathSync(folder);
  const barred = barredBy(real, user);
  if (barred === undefined) return real;
  const refusal = (cause?: unknown): InfrastructureError =>
    barredError(user, barred, 'set FLEETHOOK_DATA_DIR to a folder elsewhere, such as /var/lib/fleethook.', cause);
  // What is there already is not moved.
  if (!isNew) throw refusal();
  try {
    const made = await mkdtemp(path.join(elsewhere, 'fleethook-data-'));
    await rmdir(folder);
    await symlink(made, folder);
    return made;
  } catch (error) {
    throw refusal(error);
  }
}

/**
 * A folder of programs where another user can get to them: where it is, or a copy elsewhere, which is made once.
 * @param name of the copy, which says which release it is of
 * @throws InfrastructureError NO_UNPRIVILEGED_USER, naming the folder that bars the way
 */
export async function reachablePrograms(
  folder: string,
  name: string,
  user: UnprivilegedUser,
  elsewhere = ELSEWHERE,
): Promise<string> {
  const barred = barredBy(path.join(folder, 'bin', 'any'), user);
  if (barred === undefined) return folder;
  const copy = path.join(elsewhere, name);
  if (existsSync(copy)) return copy;
  let half: string | undefined;
  try {
    half = await mkdtemp(`${copy}-`);
    await cp(folder, half, { recursive: true, verbatimSymlinks: true });
    await openForAll(half);
    await rename(half, copy);
    return copy;
  } catch (error) {
    if (half !== undefined) await rm(half, { recursive: true, force: true });
    // Another start was quicker.
    if (existsSync(copy)) return copy;
    const remedy = 'move the repository to where others may pass, start a Docker engine, or set DATABASE_URL.';
    throw barredError(user, barred, remedy, error);
  }
}

/** What was installed under `umask 077` is for its owner alone, and so is what was copied of it. */
async function openForAll(folder: string): Promise<void> {
  await openOne(folder);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile() || entry.isDirectory()) await openOne(path.join(entry.parentPath, entry.name));
  }
}

async function openOne(place: string): Promise<void> {
  const { mode } = await stat(place);
  await chmod(place, mode | (mode & constants.S_IXUSR ? 0o555 : 0o444));
}

function barredError(user: UnprivilegedUser, barred: string, remedy: string, cause: unknown): InfrastructureError {
  return new InfrastructureError(
    'NO_UNPRIVILEGED_USER',
    `PostgreSQL does not run as root, and the user ${user.name} it would run as cannot pass through ${barred}: ${remedy}`,
    { cause },
  );
}

/** The first folder above that a user cannot pass through. */
function barredBy(folder: string, user: UnprivilegedUser): string | undefined {
  return ancestors(folder).find((each) => !mayPass(each, user));
}

function ancestors(folder: string): readonly string[] {
  const all: string[] = [];
  for (let each = path.dirname(path.resolve(folder)); ; each = path.dirname(each)) {
    all.unshift(each);
    if (each === path.dirname(each)) return all;
  }
}

function mayPass(folder: string, user: UnprivilegedUser): boolean {
  accessSync(folder);
  const { mode, uid, gid } = statSync(folder);
  if (uid === user.uid) return (mode & constants.S_IXUSR) !== 0;
  if (gid === user.gid) return (mode & constants.S_IXGRP) !== 0;
  return (mode & constants.S_IXOTH) !== 0;
}
