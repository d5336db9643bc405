import { accessSync, constants } from 'node:fs';

const SOCKET = '/var/run/docker.sock';

/** Why no Docker engine answers, as a sentence begins that goes on with another way. @param access throws as `fs.accessSync` does */
export function dockerFault(access: (path: string, mode: number) => void = accessSync): string {
  try {
    access(SOCKET, constants.R_OK + constants.W_OK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES')
      return `Docker is here, but this user may not use ${SOCKET}: add it to the group of that file, and log in again`;
  }
  return 'No Docker engine answers: start one';
}
