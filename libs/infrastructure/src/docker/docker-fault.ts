import { accessSync, constants } from 'node:fs';

const SOCKET = '/var/run/docker.sock';

/** Throws as `fs.accessSync` does. */
export type Access = (path: string, mode: number) => void;

/** Why no Docker engine answers, as a sentence begins that goes on with another way. */
export function dockerFault(access: Access = accessSync): string {
  return dockerRefusal(access) ?? 'No Docker engine answers: start one';
}

/** The same where there is an engine that this user may not use; undefined: none is to be seen. */
export function dockerRefusal(access: Access = accessSync): string | undefined {
  try {
    access(SOCKET, constants.R_OK + constants.W_OK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES')
      return `Docker is here, but this user may not use ${SOCKET}: add it to the group of that file, and log in again`;
  }
  return undefined;
}
