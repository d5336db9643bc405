import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { findInfrastructure, freePort } from '@fleethook/infrastructure';
import { services } from '../../support/services.js';

const folder = mkdtempSync(path.join(tmpdir(), 'fleethook-address-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('a server of a start that was killed still holds the address, which is the same all the same', async () => {
  const port = await freePort();
  const remembered = { deployment: 'test', clusterId: 'test', databasePassword: 'test' };
  const postgres = { source: 'embedded', port };
  writeFileSync(path.join(folder, 'infrastructure.json'), JSON.stringify({ ...remembered, postgres }));
  // Stands for that server: on its port, with its folder in the command line, and noted.
  const program = `require('node:net').createServer().listen(${port}, '127.0.0.1', () => console.log('listens'))`;
  const earlier = spawn(process.execPath, ['-e', program, path.join(folder, 'postgres', 'data')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(earlier, 'close');
  await once(earlier.stdout, 'data');
  writeFileSync(path.join(folder, 'postgres.pid'), `${earlier.pid}\n`);

  const { kafkaBrokers } = services();
  const options = { source: 'auto', dataDir: folder, kafkaBrokers, throwAway: true, say: () => undefined } as const;
  const infrastructure = await findInfrastructure(options);
  try {
    expect(await ended).toEqual([null, 'SIGTERM']);
    expect(new URL(infrastructure.databaseUrl).port).toBe(String(port));
  } finally {
    await infrastructure.stop();
  }
});
