import { accessSync, chmodSync, constants, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { InfrastructureError } from '../infrastructure-error.js';

export interface UnprivilegedUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

const CANDIDATES = ['postgres', 'nobody'];

/**
 * PostgreSQL refuses to run as root. Where we are root (a container, a build machine) it runs as somebody who owns nothing else.
 * @returns undefined when we are not root: then it runs as us
 * @throws InfrastructureError NO_UNPRIVILEGED_USER
 */
export function userForPostgres(): UnprivilegedUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = parsePasswd(readFileSync('/etc/passwd', 'utf8'));
  for (const name of CANDIDATES) {
    const user = users.find((candidate) => candidate.name === name && candidate.uid > 0);
    if (user !== undefined) return user;
  }
  throw new InfrastructureError(
    'NO_UNPRIVILEGED_USER',
    'PostgreSQL does not run as root, and there is neither a user postgres nor nobody: run as another user, start a Docker engine, or set DATABASE_URL.',
  );
}

export function parsePasswd(text: string): readonly UnprivilegedUser[] {
  return text.split('\n').flatMap((line) => {
    const [name = '', , uid = '', gid = ''] = line.split(':');
    return name === '' || uid === '' ? [] : [{ name, uid: Number(uid), gid: Number(gid) }];
  });
}

/**
 * Makes sure that somebody else can get to a folder: our own data folder is opened for passing through (not for reading);
 * folders above it are not ours to change.
 * @throws InfrastructureError NO_UNPRIVILEGED_USER, naming the folder that bars the way
 */
export function letThrough(folder: string, ownFolder: string, user: UnprivilegedUser, remedy: string): void {
  if (path.resolve(folder).startsWith(path.resolve(ownFolder))) {
    chmodSync(ownFolder, statSync(ownFolder).mode | constants.S_IXGRP | constants.S_IXOTH);
  }
  const barred = ancestors(folder).find((each) => !mayPass(each, user));
  if (barred === undefined) return;
  throw new InfrastructureError(
    'NO_UNPRIVILEGED_USER',
    `PostgreSQL does not run as root, and the user ${user.name} it would run as cannot pass through ${barred}: ${remedy}`,
  );
}

function ancestors(folder: string): readonly string[] {
  const all: string[] = [];
  for (let each = path.resolve(folder); ; each = path.dirname(each)) {
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
