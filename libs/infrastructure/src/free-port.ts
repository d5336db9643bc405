import { createServer } from 'node:net';

const LOOPBACK = '127.0.0.1';

/** Whether somebody could listen there now. */
export function isPortFree(port: number, host: string = LOOPBACK): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, LOOPBACK, () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new Error('no port was given'));
      });
    });
  });
}

/** The port of last time if it is still free, so that addresses stay the same over restarts; else any. */
export async function portLike(remembered: number | undefined): Promise<number> {
  return remembered !== undefined && (await isPortFree(remembered)) ? remembered : freePort();
}
