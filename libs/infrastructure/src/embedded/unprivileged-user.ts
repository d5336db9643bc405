import { readFileSync } from 'node:fs';
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
